import { Title } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useCan, useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { PageHeader, usePageTitle } from '@/shared/ui/Page';
import { visibleGroups } from './nav';
import classes from './SettingsPage.module.css';

/** Everything that can be set, in groups, with a word on what is there. */
export function SettingsPage() {
  const { t } = useLang();
  const { practice } = useSession();
  const can = useCan();
  usePageTitle(t('nav.settings'));
  return (
    <>
      <PageHeader title={t('nav.settings')} sub={<bdi>{practice.name}</bdi>} />
      <div className={classes.groups}>
        {visibleGroups(can).map((group) => (
          <section key={group.label} className={classes.group}>
            <Title order={2} className={classes.title}>
              {t(group.label)}
            </Title>
            <ul className={classes.list}>
              {group.items.map((item) => (
                <li key={item.to}>
                  <Link to={item.to} className={classes.item}>
                    <span className={classes.icon} aria-hidden>
                      <item.icon size={20} stroke={1.6} />
                    </span>
                    <span className={classes.text}>
                      <b>{t(item.label)}</b>
                      {item.about ? <span>{t(item.about)}</span> : null}
                    </span>
                    <IconChevronRight size={18} stroke={1.7} className={classes.chevron} aria-hidden />
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}
