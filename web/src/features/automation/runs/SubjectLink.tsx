import { Link } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';
import { humanised } from '../blocks';
import classes from './Runs.module.css';

type Subject = { type: string; id: string; label?: string | null };

/** Whom or what something is about: to the record, where it has a page. */
export function SubjectLink({ subject }: { subject: Subject }) {
  const { lookup } = useLang();
  // only of patients there is a name
  const label = <bdi>{subject.label || (lookup(`block.${subject.type}`) ?? humanised(subject.type))}</bdi>;
  if (subject.type !== 'patient') return <b className={classes.who}>{label}</b>;
  return (
    <Link to="/patients/$id" params={{ id: subject.id }} className={classes.who} onClick={(event) => event.stopPropagation()}>
      {label}
    </Link>
  );
}
