import { Link } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';
import { humanised } from '../blocks';
import classes from './Runs.module.css';

type Subject = { type: string; id: string; label?: string | null };

/** Whom or what something is about: to the patient whom it concerns, where that is known. */
export function SubjectLink({ subject, patient }: { subject: Subject; patient?: string | null }) {
  const { lookup } = useLang();
  const kind = lookup(`block.${subject.type}`) ?? humanised(subject.type);
  const label = <bdi>{subject.label || kind}</bdi>;
  const id = subject.type === 'patient' ? subject.id : patient;
  if (!id) return <b className={classes.who}>{label}</b>;
  return (
    <Link to="/patients/$id" params={{ id }} title={kind} className={classes.who} onClick={(event) => event.stopPropagation()}>
      {label}
    </Link>
  );
}
