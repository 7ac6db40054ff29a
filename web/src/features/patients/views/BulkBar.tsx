import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconFileExport, IconTag, IconTagOff, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import classes from '@/shared/ui/Bulk.module.css';
import { ColourDot } from '@/shared/ui/ColourField';
import { toast } from '@/shared/ui/toast';
import { useUndoable } from '@/shared/ui/useUndoable';
import { type Listed, type PatientItem, tags } from '../api';
import { useExportPatients } from '../useExportPatients';
import { useTagging } from './api';

type Props = {
  chosen: PatientItem[];
  /** The list that they were chosen from. */
  listed: Listed;
  onClear: () => void;
};

/** What can be done with the chosen rows together. */
export function BulkBar({ chosen, listed, onClear }: Props) {
  const { t } = useLang();
  const can = useCan();
  const save = useExportPatients({ ...listed, ids: chosen.map((patient) => patient.id) });
  const textOf = useErrorText();
  const all = useQuery(tags.listQuery).data;
  const tagging = useTagging();
  const undoable = useUndoable();

  const put = (tag: string, on: boolean) => {
    // taking back touches only those that were different before
    const ids = chosen.filter((patient) => patient.tags.includes(tag) !== on).map((patient) => patient.id);
    if (!ids.length) return toast.done(t('bulk.nothing'));
    const side = (on: boolean) => ({ ids, [on ? 'add' : 'remove']: [tag] });
    void undoable(() => tagging.mutateAsync(side(on)), t(on ? 'bulk.tagged' : 'bulk.untagged', { count: ids.length }), () => tagging.mutateAsync(side(!on)).catch((error: unknown) => toast.failed(textOf(error))));
  };
  const menu = (on: boolean) => (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <Button variant="default" size="xs" loading={tagging.isPending} leftSection={on ? <IconTag size={15} /> : <IconTagOff size={15} />}>
          {t(on ? 'bulk.tag' : 'bulk.untag')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        {all?.length ? (
          all.map((tag) => (
            <Menu.Item key={tag.id} leftSection={<ColourDot colour={tag.colour} />} onClick={() => put(tag.id, on)}>
              <bdi>{tag.name}</bdi>
            </Menu.Item>
          ))
        ) : (
          <Menu.Label>{t('patients.filter.noTags')}</Menu.Label>
        )}
      </Menu.Dropdown>
    </Menu>
  );
  return (
    <div className={classes.room}>
      <div className={classes.bar} role="region" aria-label={t('bulk.title')}>
        <b role="status">{chosen.length ? t('bulk.chosen', { count: chosen.length }) : t('bulk.hint')}</b>
        {chosen.length ? (
          <div className={classes.actions}>
            {can('patients.write') ? menu(true) : null}
            {can('patients.write') ? menu(false) : null}
            {can('patients.export') ? (
              <Menu position="top-start" width={200}>
                <Menu.Target>
                  <Button variant="default" size="xs" leftSection={<IconFileExport size={15} />}>
                    {t('bulk.export')}
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  {(['csv', 'xlsx'] as const).map((format) => (
                    <Menu.Item key={format} onClick={() => void save(format)}>
                      {t(`patients.export.${format}`)}
                    </Menu.Item>
                  ))}
                </Menu.Dropdown>
              </Menu>
            ) : null}
          </div>
        ) : null}
        <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('bulk.clear')} onClick={onClear}>
          <IconX size={16} />
        </ActionIcon>
      </div>
    </div>
  );
}
