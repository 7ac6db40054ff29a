import { Checkbox, Input, Skeleton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { Failed } from '@/shared/ui/Page';
import { type Area, eventsQuery } from './api';
import classes from './Webhooks.module.css';
import { ALL, allOf, useWebhookWords } from './words';

type Props = { value: string[]; onChange: (next: string[]) => void; error: string | undefined };

/** Everything, all of an area, or some of its events. What a wider choice has in it is not chosen one by one. */
export function EventChoice({ value, onChange, error }: Props) {
  const { t } = useLang();
  const areas = useQuery(eventsQuery);
  const all = value.includes(ALL);
  return (
    <Input.Wrapper label={t('webhooks.events')} description={t('webhooks.eventsHint')} error={error} labelElement="div" inputWrapperOrder={['label', 'description', 'error', 'input']}>
      <div className={classes.choice} role="group" aria-label={t('webhooks.events')}>
        <Checkbox
          label={t('webhooks.everything')}
          checked={all}
          aria-invalid={error ? true : undefined}
          onChange={(e) => onChange(e.currentTarget.checked ? [ALL] : [])}
        />
        {areas.error ? (
          <Failed error={areas.error} retry={() => void areas.refetch()} />
        ) : !areas.data ? (
          <Skeleton h={120} />
        ) : (
          areas.data.map((area) => <OfArea key={area.name} area={area} all={all} value={value} onChange={onChange} />)
        )}
      </div>
    </Input.Wrapper>
  );
}

function OfArea({ area, all, value, onChange }: { area: Area; all: boolean } & Pick<Props, 'value' | 'onChange'>) {
  const { t } = useLang();
  const { sayArea } = useWebhookWords();
  const whole = allOf(area.name);
  const isWhole = all || value.includes(whole);
  const own = value.filter((name) => area.events.includes(name));
  const others = value.filter((name) => name !== whole && !area.events.includes(name));
  return (
    <details className={classes.area} open={own.length > 0 || undefined} data-area={area.name}>
      <summary>
        <IconChevronDown size={16} aria-hidden />
        <b>{sayArea(area.name)}</b>
        <span>{isWhole ? t('webhooks.all') : own.length ? t('webhooks.kinds', { count: own.length }) : null}</span>
      </summary>
      <div className={classes.events}>
        <Checkbox
          label={t('webhooks.allOf', { area: sayArea(area.name) })}
          checked={isWhole}
          disabled={all}
          onChange={(e) => onChange(e.currentTarget.checked ? [...others, whole] : others)}
        />
        {area.events.map((name) => (
          <Checkbox
            key={name}
            label={
              <bdi className="ltr">
                <code>{name}</code>
              </bdi>
            }
            checked={isWhole || value.includes(name)}
            disabled={isWhole}
            onChange={(e) => onChange(e.currentTarget.checked ? [...value, name] : value.filter((other) => other !== name))}
          />
        ))}
      </div>
    </details>
  );
}
