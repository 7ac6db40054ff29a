import { IconEyeOff } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { isPicked, useRecord } from '../useRecords';
import type { Words } from '../useWords';
import classes from './Runs.module.css';

const isRedacted = (value: unknown) => !!value && typeof value === 'object' && 'redacted' in value && value.redacted === true;

type Props = { owner: string; values: unknown; words: Words };

/** What a step was given or gave, by the names of its fields. */
export function Values({ owner, values, words }: Props) {
  if (!values || typeof values !== 'object' || Array.isArray(values)) return <One owner={owner} name="" value={values} words={words} />;
  const entries = Object.entries(values).filter(([, value]) => value !== null && value !== '');
  if (!entries.length) return null;
  return (
    <dl className={classes.values}>
      {entries.map(([key, value]) => (
        <div key={key}>
          <dt>{words.field(owner, key)}</dt>
          <dd>
            <One owner={owner} name={key} value={value} words={words} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function One({ owner, name, value, words }: { owner: string; name: string; value: unknown; words: Words }) {
  const { t } = useLang();
  if (isRedacted(value)) {
    return (
      <span className={classes.redacted}>
        <IconEyeOff size={13} aria-hidden /> {t('workflows.redacted')}
      </span>
    );
  }
  if (Array.isArray(value) && value.some((one) => one && typeof one === 'object')) return <>{t('workflows.items', { count: value.length })}</>;
  if (value && typeof value === 'object' && !Array.isArray(value)) return <Values owner={`${owner}.${name}`} values={value} words={words} />;
  const declared = words.declared(owner, name);
  if (typeof value === 'string' && declared?.kind === 'ref' && isPicked(declared.of ?? '')) return <RecordName of={declared.of ?? ''} id={value} words={words} />;
  return <bdi className={classes.value}>{words.given(declared, owner, value)}</bdi>;
}

/** What a record is called, or that it is no longer there. */
function RecordName({ of, id, words }: { of: string; id: string; words: Words }) {
  const { name } = useRecord(of, id);
  return <bdi className={classes.value}>{name ?? (name === null ? words.gone(of) : words.block(of))}</bdi>;
}
