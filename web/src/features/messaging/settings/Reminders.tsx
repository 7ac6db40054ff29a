import { Button, Skeleton, Switch, UnstyledButton } from '@mantine/core';
import { IconBell, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { locations } from '@/features/practice/locations/api';
import { serviceNamesQuery } from '@/features/practice/providers/api';
import { namesOf } from '@/features/practice/services/labels';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { localName } from '@/shared/names';
import { Failed } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { templatesQuery } from '../api';
import { nameOf } from '../templates/draft';
import { type Rule, rules } from './api';
import { draftOf, newOf } from './rule';
import { type Names, sentenceOf } from './sentence';
import classes from './Settings.module.css';

const RuleDrawer = lazy(() => import('./RuleDrawer').then((m) => ({ default: m.RuleDrawer })));

/** Which reminders go out by themselves, each with its switch. */
export function Reminders() {
  const { t } = useLang();
  const may = useCan()('messages.configure');
  const list = useQuery(rules.listQuery);
  const [open, setOpen] = useState<Rule | 'new'>();
  const rows = list.data?.filter((rule) => !rule.archivedAt);
  if (list.error && !rows) return <Failed error={list.error} retry={() => void list.refetch()} />;
  if (!rows) return <Skeleton h={80} />;
  return (
    <div className={classes.form}>
      {rows.length ? (
        <ul className={classes.rows} aria-label={t('messages.rules')}>
          {rows.map((rule) => (
            <Row key={rule.id} rule={rule} may={may} onOpen={() => setOpen(rule)} />
          ))}
        </ul>
      ) : (
        <p className={classes.none}>
          <IconBell size={18} stroke={1.6} aria-hidden />
          {t('messages.rules.emptyText')}
        </p>
      )}
      {may ? (
        <div className={classes.line}>
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setOpen('new')}>
            {t('messages.rules.new')}
          </Button>
        </div>
      ) : null}
      <Suspense>{open ? <RuleDrawer key={open === 'new' ? 'new' : open.id} {...(open === 'new' ? {} : { loaded: open })} onClose={() => setOpen(undefined)} /> : null}</Suspense>
    </div>
  );
}

/** What is called what, of what a rule names. */
function useNames(rule: Rule): Names {
  const words = useLang();
  const can = useCan();
  const template = useQuery(templatesQuery).data?.find((one) => one.id === rule.templateId);
  const services = useQuery({ ...serviceNamesQuery, enabled: can('services.read') }).data;
  const places = useQuery({ ...locations.listQuery, enabled: can('practice.read') }).data;
  const serviceOf = (id: string) => services?.find((one) => one.id === id);
  const placeOf = (id: string) => places?.find((one) => one.id === id);
  return {
    template: template && nameOf(words, template),
    services: rule.serviceIds.map(serviceOf).map((one) => one && namesOf(one, words.lang).name),
    locations: rule.locationIds.map(placeOf).map((one) => one && localName(one, words.lang)),
  };
}

function Row({ rule, may, onOpen }: { rule: Rule; may: boolean; onOpen: () => void }) {
  const words = useLang();
  const { t } = words;
  const textOf = useErrorText();
  const change = rules.useChange();
  const names = useNames(rule);
  const turn = (enabled: boolean) =>
    change.mutate({ id: rule.id, body: { version: rule.version, rule: { ...newOf(draftOf(rule)), enabled } } }, { onError: (error) => toast.failed(textOf(error)) });
  return (
    <li data-rule={rule.id}>
      <UnstyledButton data-row className={classes.open} onClick={onOpen}>
        <span className={classes.text}>
          <b>
            <bdi>{rule.name}</bdi>
          </b>
          <span className={classes.says}>{sentenceOf(words, rule, names)}</span>
        </span>
      </UnstyledButton>
      <Switch aria-label={`${rule.name}: ${t('messages.rules.enabled')}`} checked={change.isPending ? !!change.variables.body.rule?.enabled : rule.enabled} disabled={!may} onChange={(event) => turn(event.currentTarget.checked)} />
    </li>
  );
}
