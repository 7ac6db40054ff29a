import { Select, UnstyledButton } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { channels, type MessagesSearch, states, undelivered } from '../search';
import { PatientPick } from '../PatientPick';
import classes from './Ledger.module.css';

type Props = { search: MessagesSearch; onGo: (next: { [K in keyof MessagesSearch]: MessagesSearch[K] | undefined }) => void };

/** By channel, state and patient. */
export function Filters({ search, onGo }: Props) {
  const { t } = useLang();
  return (
    <div className={classes.filters}>
      {search.shelf === 'failed' ? (
        <div className={classes.stand} role="group" aria-label={t('messages.state')}>
          {undelivered.map((one) => (
            <UnstyledButton key={one} className={classes.one} aria-pressed={one === search.state} onClick={() => onGo({ state: one === search.state ? undefined : one })}>
              {t(`messages.state.${one}`)}
            </UnstyledButton>
          ))}
        </div>
      ) : null}
      <Select
        aria-label={t('messages.channel')}
        placeholder={t('messages.filter.channel')}
        data={channels.map((value) => ({ value, label: t(`messages.channel.${value}`) }))}
        value={search.channel ?? null}
        onChange={(next) => onGo({ channel: channels.find((one) => one === next) })}
        clearable
      />
      {search.shelf === 'all' ? (
        <Select
          aria-label={t('messages.state')}
          placeholder={t('messages.filter.state')}
          data={states.map((value) => ({ value, label: t(`messages.state.${value}`) }))}
          value={search.state ?? null}
          onChange={(next) => onGo({ state: states.find((one) => one === next) })}
          clearable
        />
      ) : null}
      <PatientPick label={t('messages.column.who')} labelHidden placeholder={t('messages.filter.patient')} value={search.patient ?? null} onChange={(patient) => onGo({ patient: patient ?? undefined })} clearable />
    </div>
  );
}
