import { Alert, NumberInput, Select, Skeleton, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import type { Names } from '../useNames';
import { type Rule, rulesQuery, useSetRule } from './api';
import classes from './Recalls.module.css';

const USUAL_MONTHS = 6;
const MOST_MONTHS = 120;

/** After which services patients are asked to come again: each line is kept as soon as it is changed. */
export function RulesDrawer({ names, onClose }: { names: Names; onClose: () => void }) {
  const { t } = useLang();
  const rules = useQuery(rulesQuery);
  const readOnly = !useCan()('appointments.configure');
  const services = (names.services ?? []).filter(({ archivedAt }) => !archivedAt);
  return (
    <SideDrawer title={t('recalls.rules.title')} onClose={onClose} wide>
      <p className={classes.hint}>{t('recalls.rules.text')}</p>
      {rules.error && !rules.data ? (
        <Failed error={rules.error} retry={() => void rules.refetch()} />
      ) : rules.data ? (
        <ul className={classes.rules}>
          {services.map((service) => {
            const rule = rules.data.find((one) => one.serviceId === service.id);
            return <Line key={`${service.id} ${rule?.version ?? 0}`} serviceId={service.id} rule={rule} names={names} readOnly={readOnly} />;
          })}
        </ul>
      ) : (
        <Skeleton h={240} />
      )}
    </SideDrawer>
  );
}

function Line({ serviceId, rule, names, readOnly }: { serviceId: string; rule: Rule | undefined; names: Names; readOnly: boolean }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const set = useSetRule();
  const [months, setMonths] = useState<number>(rule?.months ?? USUAL_MONTHS);
  const [refusal, setRefusal] = useState<string>();
  const name = names.serviceName(serviceId);
  const now = { version: rule?.version ?? 0, recallServiceId: rule?.recallServiceId ?? serviceId, months, active: rule?.active ?? false };
  const save = (next: Partial<typeof now>) => {
    setRefusal(undefined);
    void set.mutateAsync({ serviceId, ...now, ...next }).catch((error) => setRefusal(textOf(error)));
  };
  return (
    <li className={classes.rule} data-rule={serviceId}>
      <Switch label={<bdi>{name}</bdi>} aria-label={t('recalls.rules.after', { name })} checked={now.active} disabled={readOnly || set.isPending} onChange={(e) => save({ active: e.currentTarget.checked })} />
      {now.active ? (
        <div className={classes.ruleFields}>
          <NumberInput
            label={t('recalls.rules.months')}
            className="ownDirection tnum"
            min={1}
            max={MOST_MONTHS}
            allowDecimal={false}
            readOnly={readOnly}
            w={120}
            value={months}
            onChange={(value) => setMonths(Number(value) || 1)}
            onBlur={() => (months === rule?.months ? undefined : save({ months }))}
          />
          <Select label={t('recalls.rules.for')} data={names.serviceChoices} value={now.recallServiceId} allowDeselect={false} searchable readOnly={readOnly} onChange={(next) => (next ? save({ recallServiceId: next }) : undefined)} />
        </div>
      ) : null}
      {refusal ? (
        <Alert color="red" role="alert" py="xs">
          {refusal}
        </Alert>
      ) : null}
    </li>
  );
}
