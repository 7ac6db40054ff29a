import { Avatar } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';
import { formatDayShort } from '@/shared/i18n/format';
import { Phone } from './marks';
import classes from './PersonLine.module.css';
import { initialsOf } from './person';
import { PeekButton } from './peek/PeekButton';
import type { PatientSearch } from './search';

type Props = {
  id: string;
  name: string;
  number: number;
  birthDate?: string | null;
  phone: string | null;
  /** Which part of the record the line leads to. */
  search?: PatientSearch;
};

/** A patient in a list about something else: a link to the record, and a look at it without leaving. */
export function PersonLine({ id, name, number, birthDate, phone, search = {} }: Props) {
  const { t, lang } = useLang();
  return (
    <div className={classes.line}>
      <Link to="/patients/$id" params={{ id }} search={search} state={{ fromList: true }} data-row={id} className={classes.person}>
        <Avatar size={36} radius="xl" aria-hidden>
          {initialsOf(name)}
        </Avatar>
        <span className={classes.lines}>
          <b>
            <bdi>{name}</bdi>
          </b>
          <small className="tnum">
            {t('patients.number', { number })}
            {birthDate ? ` · ${formatDayShort(lang, birthDate)}` : ''}
            {phone ? (
              <>
                {' · '}
                <Phone number={phone} />
              </>
            ) : null}
          </small>
        </span>
      </Link>
      <PeekButton id={id} name={name} />
    </div>
  );
}
