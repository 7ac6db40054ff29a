import { Alert, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconUserQuestion } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { formatDayShort } from '@/shared/i18n/format';
import { digitsOf } from '@/shared/i18n/digits';
import { patientSearchQuery } from './api';
import type { Draft } from './draft';
import { Phone } from './marks';
import classes from './PatientForm.module.css';
import { usePeek } from './peek/usePeek';
import { namesOf } from './person';

const TYPING_MS = 350;
const LETTERS = 3;
const DIGITS = 4;
const LAST_DIGITS = 7;
const SHOWN = 4;

/** What is worth looking for: a name of some letters, and the end of a number, which is the same however it is dialled. */
export function looksLike({ givenName, familyName, phones }: Pick<Draft, 'givenName' | 'familyName' | 'phones'>) {
  const name = `${givenName.trim()} ${familyName.trim()}`.trim();
  const digits = phones.map((phone) => digitsOf(phone.number)).find((one) => one.length >= DIGITS) ?? '';
  return { name: name.replace(/\s/g, '').length >= LETTERS ? name : '', digits: digits.slice(-LAST_DIGITS) };
}

/** Before somebody is entered for a second time. */
export function Similar({ draft }: { draft: Draft }) {
  const { t, lang } = useLang();
  const { peek } = usePeek();
  const now = looksLike(draft);
  const [name] = useDebouncedValue(now.name, TYPING_MS);
  const [digits] = useDebouncedValue(now.digits, TYPING_MS);
  const byName = useQuery({ ...patientSearchQuery(name, SHOWN), enabled: !!name });
  const byPhone = useQuery({ ...patientSearchQuery(digits, SHOWN), enabled: !!digits });
  const found = [...(digits ? (byPhone.data ?? []) : []), ...(name ? (byName.data ?? []) : [])];
  const unique = found.filter((one, i) => found.findIndex((other) => other.id === one.id) === i).slice(0, SHOWN);
  return (
    <div role="status" className={classes.live}>
      {unique.length ? (
        <Alert color="yellow" variant="light" icon={<IconUserQuestion />} title={t('patients.similar')} py="xs">
          <ul className={classes.similar}>
            {unique.map((p) => (
              <li key={p.id}>
                <UnstyledButton className={classes.one} onClick={() => peek(p.id)}>
                  <b>
                    <bdi>{namesOf(p, lang).name}</bdi>
                  </b>
                  <span className="tnum">{t('patients.number', { number: p.number })}</span>
                  {p.birthDate ? <span className="tnum">{formatDayShort(lang, p.birthDate)}</span> : null}
                  {p.phone ? (
                    <span>
                      <Phone number={p.phone} />
                    </span>
                  ) : null}
                </UnstyledButton>
              </li>
            ))}
          </ul>
        </Alert>
      ) : null}
    </div>
  );
}
