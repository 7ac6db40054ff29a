import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconTag, IconTagOff, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { ColourDot } from '@/shared/ui/ColourField';
import { toast } from '@/shared/ui/toast';
import { useUndoable } from '@/shared/ui/useUndoable';
import { type PatientItem, tags } from '../api';
import { useTagging } from './api';
import classes from './Views.module.css';

type Props = { chosen: PatientItem[]; onClear: () => void };

/** What can be done with the chosen rows together. */
export function BulkBar({ chosen, onClear }: Props) {
  const { t } = useLang();
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
    <div className={classes.bulk} role="region" aria-label={t('bulk.title')}>
      <b role="status">{t('bulk.chosen', { count: chosen.length })}</b>
      {menu(true)}
      {menu(false)}
      <ActionIcon variant="subtle" color="gray" size={32} aria-label={t('bulk.clear')} onClick={onClear}>
        <IconX size={16} />
      </ActionIcon>
    </div>
  );
}
