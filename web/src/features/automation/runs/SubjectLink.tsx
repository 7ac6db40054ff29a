import { Link } from '@tanstack/react-router';
import classes from './Runs.module.css';

type Subject = { type: string; id: string; label?: string | null };

/** Whom or what something is about: to the record, where it has a page. */
export function SubjectLink({ subject }: { subject: Subject }) {
  const label = <bdi>{subject.label || '–'}</bdi>;
  if (subject.type !== 'patient') return <b className={classes.who}>{label}</b>;
  return (
    <Link to="/patients/$id" params={{ id: subject.id }} className={classes.who} onClick={(event) => event.stopPropagation()}>
      {label}
    </Link>
  );
}
