import { ActionIcon, Avatar, Button, Skeleton } from '@mantine/core';
import { useWindowEvent } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp, IconExternalLink, IconPencil, IconUserOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useCan } from '@/shared/auth/session';
import forms from '@/shared/forms/forms.module.css';
import { useLang } from '@/shared/i18n';
import { Empty, Failed } from '@/shared/ui/Page';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { patientQuery } from '../api';
import { initialsOf, namesOf, scriptOf } from '../person';
import classes from './Peek.module.css';
import { Summary } from './Summary';
import { rowsBehind, usePeek } from './usePeek';

/** The record takes the drawer's place: from there one goes back to the list alone. */
const FROM_LIST = { fromList: true };

type Props = {
  id: string;
  /** Opened from a form that somebody is filling in: nothing here leaves it. */
  overForm: boolean;
};

/** Whom a row is about, beside the list; with arrow keys the list goes on behind it. */
export function PeekDrawer({ id, overForm }: Props) {
  const { t, lang } = useLang();
  const mayWrite = useCan()('patients.write');
  const { close } = usePeek();
  const found = useQuery(patientQuery(id));
  const p = found.data;
  const { move, at, count } = useNeighbours(id, !overForm);
  const names = p && namesOf(p, lang);

  const title = (
    <span className={classes.head}>
      {names ? (
        <>
          <Avatar size={40} radius="xl" aria-hidden>
            {initialsOf(names.name)}
          </Avatar>
          <span className={classes.names}>
            <bdi>{names.name}</bdi>
            {names.other ? (
              <small>
                <bdi lang={scriptOf(names.other)}>{names.other}</bdi>
              </small>
            ) : null}
          </span>
        </>
      ) : (
        <span className={classes.names}>{found.error ? t('patients.one') : <Skeleton h={24} w={180} />}</span>
      )}
    </span>
  );

  return (
    <SideDrawer title={title} onClose={close} light={!overForm}>
      <div className={classes.body} aria-busy={!p && !found.error}>
        {p ? (
          <Summary patient={p} />
        ) : hasCode(found.error, 'not_found') ? (
          <Empty icon={<IconUserOff size={26} stroke={1.6} />} title={t('patients.gone')} text={t('patients.goneText')} />
        ) : found.error ? (
          <Failed error={found.error} retry={() => void found.refetch()} />
        ) : (
          <>
            <Skeleton h={22} w={220} />
            <Skeleton h={64} />
            <Skeleton h={140} />
          </>
        )}
      </div>
      <div className={forms.foot}>
        {overForm ? (
          <>
            <Button variant="default" leftSection={<IconExternalLink size={16} />} renderRoot={(props) => <Link {...props} to="/patients/$id" params={{ id }} search={{}} target="_blank" />}>
              {t('peek.newTab')}
            </Button>
            <Button onClick={close} data-autofocus>
              {t('peek.backToForm')}
            </Button>
          </>
        ) : (
          <>
            {count > 1 ? (
              <span className={classes.moves}>
                <ActionIcon variant="default" size={36} aria-label={t('peek.before')} title={t('peek.before')} disabled={at <= 0} onClick={() => move(-1)}>
                  <IconChevronUp size={17} stroke={1.8} />
                </ActionIcon>
                <ActionIcon variant="default" size={36} aria-label={t('peek.after')} title={t('peek.after')} disabled={at < 0 || at === count - 1} onClick={() => move(1)}>
                  <IconChevronDown size={17} stroke={1.8} />
                </ActionIcon>
              </span>
            ) : (
              <span />
            )}
            {mayWrite && !p?.deletedAt ? (
              <Button variant="default" leftSection={<IconPencil size={16} />} renderRoot={(props) => <Link {...props} to="/patients/$id" params={{ id }} search={{ edit: true }} state={FROM_LIST} replace />}>
                {t('action.edit')}
              </Button>
            ) : null}
            <Button data-autofocus renderRoot={(props) => <Link {...props} to="/patients/$id" params={{ id }} search={{}} state={FROM_LIST} replace />}>
              {t('peek.record')}
            </Button>
          </>
        )}
      </div>
    </SideDrawer>
  );
}

/** Those before and after in the list behind. Whoever was looked at last has the focus when the drawer closes. */
function useNeighbours(id: string, wanted: boolean) {
  const { peek } = usePeek();
  const ids = wanted ? [...new Set(rowsBehind().map((row) => row.dataset.row ?? ''))] : [];
  const at = ids.indexOf(id);
  const move = (by: number) => {
    const next = at < 0 ? undefined : ids[at + by];
    if (next) peek(next);
  };
  useWindowEvent('keydown', (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || event.defaultPrevented) return;
    event.preventDefault();
    move(by);
  });
  const last = useRef(id);
  useEffect(() => {
    last.current = id;
    if (wanted) rowOf(id)?.scrollIntoView({ block: 'nearest' });
  }, [id, wanted]);
  useEffect(
    () => () => {
      if (wanted) requestAnimationFrame(() => rowOf(last.current)?.focus({ preventScroll: true }));
    },
    [wanted],
  );
  return { move, at, count: ids.length };
}

const rowOf = (id: string) => rowsBehind().find((row) => row.dataset.row === id);
