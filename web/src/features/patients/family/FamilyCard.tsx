import { Badge, Button, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { Failed } from '@/shared/ui/Page';
import { useUndoable } from '@/shared/ui/useUndoable';
import { Phone } from '../marks';
import page from '../PatientPage.module.css';
import { namesOf } from '../person';
import { type FamilyMember, familyQuery, useSetRemoved } from './api';
import classes from './Family.module.css';

const RelativeDrawer = lazy(() => import('./RelativeDrawer').then((m) => ({ default: m.RelativeDrawer })));

/** Who belongs to a patient, and who is to be asked or called. */
export function FamilyCard({ id, mayWrite }: { id: string; mayWrite: boolean }) {
  const { t } = useLang();
  const list = useQuery(familyQuery(id));
  const [open, setOpen] = useState<string>();
  const undoable = useUndoable();
  const setRemoved = useSetRemoved();
  const close = () => setOpen(undefined);
  const remove = ({ relative }: FamilyMember) => {
    close();
    void undoable(() => setRemoved(relative, true), t('family.removed'), (now) => setRemoved(now, false));
  };
  const opened = list.data?.find((member) => member.relative.id === open);
  return (
    <section className={page.card}>
      <div className={classes.head}>
        <Title order={2}>{t('family.title')}</Title>
        {mayWrite ? (
          <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={15} />} onClick={() => setOpen('new')}>
            {t('family.add')}
          </Button>
        ) : null}
      </div>
      {list.isError && !list.data ? <Failed error={list.error} retry={() => void list.refetch()} /> : null}
      {list.data?.length === 0 ? <p className={classes.none}>{t('family.empty')}</p> : null}
      <ul className={classes.list} aria-label={t('family.title')} aria-busy={list.isPending}>
        {list.data?.map((member) => (
          <Member key={member.relative.id} member={member} own={member.relative.patientId === id} onOpen={() => setOpen(member.relative.id)} />
        ))}
      </ul>
      <Suspense>
        {opened ? (
          <RelativeDrawer key={opened.relative.id} patient={id} member={opened} readOnly={!mayWrite} onClose={close} onRemove={() => remove(opened)} />
        ) : open === 'new' ? (
          <RelativeDrawer patient={id} readOnly={false} onClose={close} />
        ) : null}
      </Suspense>
    </section>
  );
}

/** `own`: entered with this patient, and not with the other one, where it is to be changed. */
function Member({ member, own, onOpen }: { member: FamilyMember; own: boolean; onOpen: () => void }) {
  const { t, lang } = useLang();
  const { relative, person, seenAs } = member;
  const phone = person ? person.phone : relative.phone;
  const name = person ? namesOf(person, lang).name : relative.name;
  return (
    <li>
      <div className={classes.who}>
        {person ? (
          <Link to="/patients/$id" params={{ id: person.id }} search={{}}>
            <bdi>{name}</bdi>
          </Link>
        ) : (
          <b>
            <bdi>{name}</bdi>
          </b>
        )}
        <small>{t(`family.is.${seenAs}`)}</small>
        {relative.guardian && own ? (
          <Badge size="sm" variant="light" tt="none" color="violet">
            {t('family.guardian')}
          </Badge>
        ) : null}
        {relative.emergency && own ? (
          <Badge size="sm" variant="light" tt="none" color="red">
            {t('family.emergency')}
          </Badge>
        ) : null}
      </div>
      <div className={classes.reach}>
        {phone ? (
          <a href={`tel:${phone}`}>
            <Phone number={phone} />
          </a>
        ) : null}
        {own ? (
          <Button variant="subtle" color="gray" size="compact-sm" onClick={onOpen} aria-label={t('family.editOf', { name: name ?? '' })}>
            {t('action.edit')}
          </Button>
        ) : null}
      </div>
      {relative.note && own ? <bdi className={classes.note}>{relative.note}</bdi> : null}
    </li>
  );
}
