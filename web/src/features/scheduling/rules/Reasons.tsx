import { Badge, Button, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { ReorderList, RowNames } from '@/shared/ui/ReorderList';
import { toast } from '@/shared/ui/toast';
import { type CancelReason, type Settings, useSetSettings } from '../api';
import { keyFor, reordered, rulesOf } from './draft';
import classes from './Rules.module.css';

const ReasonDrawer = lazy(() => import('./ReasonDrawer').then((m) => ({ default: m.ReasonDrawer })));
const whose = ['patient', 'provider', 'clinic'] as const satisfies readonly CancelReason['by'][];

type Props = {
  settings: Settings;
  canWrite: boolean;
  /** Shows what somebody else made of them meanwhile. */
  refetch: () => void;
};

/** Why appointments are cancelled: by whom, in the order of the list; what was used once is put away, never removed. */
export function Reasons({ settings, canWrite, refetch }: Props) {
  const { t, lang } = useLang();
  const textOf = useErrorText();
  const set = useSetSettings();
  const [open, setOpen] = useState<CancelReason>();
  const put = async (reasons: CancelReason[], done?: string) => {
    try {
      await set.mutateAsync({ version: settings.version, rules: { ...rulesOf(settings), reasons } });
      if (done) toast.done(done);
      setOpen(undefined);
    } catch (error) {
      if (hasCode(error, 'version.stale')) refetch();
      toast.failed(textOf(error));
    }
  };
  const nameOf = (one: CancelReason) => (lang === 'ar' && one.nameAr ? one.nameAr : one.nameEn);
  const save = (reason: CancelReason) => {
    const all = settings.reasons;
    const made = reason.key ? reason : { ...reason, key: keyFor(reason.nameEn, reason.by, all.map((one) => one.key)) };
    void put(reason.key ? all.map((one) => (one.key === made.key ? made : one)) : [...all, made], t('form.saved'));
  };
  const archive = (reason: CancelReason) =>
    void put(
      settings.reasons.map((one) => (one.key === reason.key ? { ...one, archived: !one.archived } : one)),
      t(reason.archived ? 'list.restoredOne' : 'list.archivedOne', { name: nameOf(reason) }),
    );

  return (
    <>
      {whose.map((by) => {
        const own = settings.reasons.filter((one) => one.by === by).sort((a, b) => Number(a.archived) - Number(b.archived));
        const label = t(`scheduling.rules.by.${by}`);
        return (
          <section key={by} className={classes.kind} aria-label={label}>
            <div className={classes.kindHead}>
              <Title order={3}>{label}</Title>
              {canWrite ? (
                <Button variant="subtle" size="xs" leftSection={<IconPlus size={14} />} aria-label={`${t('action.add')}: ${label}`} onClick={() => setOpen({ key: '', by, nameEn: '', nameAr: null, archived: false })}>
                  {t('action.add')}
                </Button>
              ) : null}
            </div>
            <div className={classes.list}>
              <ReorderList
                rows={own.map((one) => ({ ...one, id: one.key }))}
                label={label}
                canWrite={canWrite && !set.isPending}
                nameOf={nameOf}
                onOpen={(one) => (canWrite ? setOpen(settings.reasons.find((other) => other.key === one.key)) : undefined)}
                onOrder={(keys) => void put(reordered(settings.reasons, keys))}
              >
                {(one) => (
                  <>
                    <RowNames name={nameOf(one)} other={one.nameAr ? <bdi>{lang === 'ar' ? one.nameEn : one.nameAr}</bdi> : null} />
                    {one.archived ? <Badge radius="sm">{t('list.archived')}</Badge> : null}
                  </>
                )}
              </ReorderList>
            </div>
          </section>
        );
      })}
      <Suspense>
        {open ? <ReasonDrawer key={open.key || 'new'} reason={open} busy={set.isPending} onArchive={open.key ? () => archive(open) : undefined} onSave={save} onClose={() => setOpen(undefined)} /> : null}
      </Suspense>
    </>
  );
}
