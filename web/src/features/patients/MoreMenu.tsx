import { Button, Menu } from '@mantine/core';
import { IconArrowMerge, IconChevronDown, IconFileExport, IconFileImport, IconListCheck, IconShieldCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useCan } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import type { Listed } from './api';
import { useExportPatients } from './useExportPatients';

type Props = {
  listed: Listed;
  /** Begins choosing patients, where rows have no boxes for that. */
  onSelect: (() => void) | undefined;
};

/** What else there is to do with patients: the worklists, and files. */
export function MoreMenu({ listed, onSelect }: Props) {
  const { t } = useLang();
  const can = useCan();
  const save = useExportPatients(listed);
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={15} stroke={1.8} />}>
          {t('patients.more')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {onSelect ? (
          <>
            <Menu.Item leftSection={<IconListCheck size={16} stroke={1.8} />} onClick={onSelect}>
              {t('bulk.select')}
            </Menu.Item>
            <Menu.Divider />
          </>
        ) : null}
        <Menu.Item component={Link} to="/patients/insurance" leftSection={<IconShieldCheck size={16} stroke={1.8} />}>
          {t('insurance.worklist')}
        </Menu.Item>
        {can('patients.delete') ? (
          <Menu.Item component={Link} to="/patients/duplicates" leftSection={<IconArrowMerge size={16} stroke={1.8} />}>
            {t('duplicates.title')}
          </Menu.Item>
        ) : null}
        {can('patients.import') ? (
          <Menu.Item component={Link} to="/patients/imports" leftSection={<IconFileImport size={16} stroke={1.8} />}>
            {t('patients.import')}
          </Menu.Item>
        ) : null}
        {can('patients.export') ? (
          <>
            <Menu.Divider />
            {(['csv', 'xlsx'] as const).map((format) => (
              <Menu.Item key={format} leftSection={<IconFileExport size={16} stroke={1.8} />} onClick={() => void save(format)}>
                {t(`patients.export.${format}`)}
              </Menu.Item>
            ))}
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
