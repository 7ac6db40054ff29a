import { Badge, Button, Checkbox, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { formatDay } from '@/shared/i18n/format';
import { hijriText } from '@/shared/i18n/hijri';
import { toast } from '@/shared/ui/toast';
import { localName } from '@/shared/names';
import { suggestionsQuery, useAdopt } from './api';
import classes from './ClosingDaysPage.module.css';

/** The country's official holidays that the practice has not taken over yet, to be chosen. */
export function Suggestions({ year }: { year: number }) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const { data } = useQuery(suggestionsQuery(year));
  const adopt = useAdopt();
  const open = (data ?? []).filter((s) => !s.adopted);
  const keys = [...new Set(open.map((s) => s.key))];
  // all of them, until something is taken out
  const [without, setWithout] = useState<string[]>([]);
  const chosen = keys.filter((key) => !without.includes(key));
  if (keys.length === 0) return null;

  const toggle = (key: string) => setWithout((now) => (now.includes(key) ? now.filter((k) => k !== key) : [...now, key]));
  const take = () =>
    adopt.mutate(chosen, {
      onSuccess: () => toast.done(t('closing.adopted', { count: chosen.length })),
      onError: (error) => toast.failed(textOf(error)),
    });

  return (
    <section className={classes.panel} aria-labelledby="official">
      <Title order={2} id="official" className={classes.panelTitle}>
        {t('closing.official')}
      </Title>
      <Text size="sm" c="var(--text-dim)" mb="xs">
        {t('closing.officialText')}
      </Text>
      <Checkbox
        label={<b>{t('closing.all')}</b>}
        checked={chosen.length === keys.length}
        indeterminate={chosen.length > 0 && chosen.length < keys.length}
        onChange={() => setWithout(chosen.length === keys.length ? keys : [])}
      />
      <ul className={classes.choices}>
        {open.map((s) => (
          <li key={`${s.key} ${s.date}`}>
            <Checkbox
              checked={chosen.includes(s.key)}
              onChange={() => toggle(s.key)}
              label={
                <span className={classes.choice}>
                  <span>{localName(s, lang)}</span>
                  <span className={classes.dim}>
                    {formatDay(lang, s.date)} · {hijriText(lang, s.hijri)}
                    {s.estimated ? <Estimated /> : null}
                  </span>
                </span>
              }
            />
          </li>
        ))}
      </ul>
      <Button fullWidth mt="sm" disabled={chosen.length === 0} loading={adopt.isPending} onClick={take}>
        {t('closing.adopt', { count: chosen.length })}
      </Button>
    </section>
  );
}

/** The moon may still put it on another day. */
export function Estimated() {
  const { t } = useLang();
  return (
    <Badge radius="sm" className={classes.estimated}>
      {t('closing.estimated')}
    </Badge>
  );
}
