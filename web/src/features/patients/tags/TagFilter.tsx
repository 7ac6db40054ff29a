import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconTags } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLang } from '@/shared/i18n';
import { ColourDot } from '@/shared/ui/ColourField';
import { tags } from '../api';
import classes from '../Patients.module.css';

type Props = { chosen: string[]; onChange: (chosen: string[]) => void; phone: boolean };

/** Which tags the patients shall have, any of them. */
export function TagFilter({ chosen, onChange, phone }: Props) {
  const { t } = useLang();
  const all = useQuery(tags.listQuery).data;
  const known = all ? chosen.filter((id) => all.some((tag) => tag.id === id)) : chosen;
  const label = known.length ? t('patients.filter.tagsOn', { count: known.length }) : t('patients.filter.tags');
  const toggle = (id: string) => onChange(known.includes(id) ? known.filter((one) => one !== id) : [...known, id]);
  return (
    <Menu position="bottom-start" width={240} closeOnItemClick={false}>
      <Menu.Target>
        {phone ? (
          <ActionIcon variant={known.length ? 'light' : 'default'} size={44} aria-label={label}>
            <IconTags size={18} stroke={1.7} />
          </ActionIcon>
        ) : (
          <Button variant={known.length ? 'light' : 'default'} leftSection={<IconTags size={16} />}>
            {label}
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown mah={340} style={{ overflowY: 'auto' }}>
        <Menu.Label>{t(all?.length === 0 ? 'patients.filter.noTags' : 'patients.filter.anyTag')}</Menu.Label>
        {all?.map((tag) => {
          const on = known.includes(tag.id);
          return (
            <Menu.CheckboxItem key={tag.id} checked={on} className={on ? classes.filterOn : undefined} onChange={() => toggle(tag.id)}>
              <span className={classes.tags}>
                <ColourDot colour={tag.colour} />
                <bdi>{tag.name}</bdi>
              </span>
            </Menu.CheckboxItem>
          );
        })}
        {known.length ? (
          <>
            <Menu.Divider />
            <Menu.Item closeMenuOnClick onClick={() => onChange([])}>
              {t('patients.filter.clear')}
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
