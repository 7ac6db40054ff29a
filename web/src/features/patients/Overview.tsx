import { Title } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import { useCan, useSession } from '@/shared/auth/session';
import { addressLine } from '@/shared/forms/address';
import { type MessageId, useLang, wantTexts } from '@/shared/i18n';
import { displayName, formatDate, formatDayShort, formatHijri } from '@/shared/i18n/format';
import { localName } from '@/shared/names';
import type { Patient } from './api';
import { inUse } from './fields/api';
import { useCustomText } from './fields/useCustomText';
import type { Values } from './fields/values';
import { Phone } from './marks';
import classes from './PatientPage.module.css';
import { channels } from './person';

const FamilyCard = lazy(() => import('./family/FamilyCard').then((m) => ({ default: m.FamilyCard })));
const TasksCard = lazy(async () => {
  const [module] = await Promise.all([import('@/features/tasks/record/TasksCard'), wantTexts('tasks')]);
  return { default: module.TasksCard };
});

function Card({ title, children }: { title: MessageId; children: ReactNode }) {
  const { t } = useLang();
  return (
    <section className={classes.card}>
      <Title order={2}>{t(title)}</Title>
      <dl className={classes.pairs}>{children}</dl>
    </section>
  );
}

function Pair({ label, wide, children }: { label: MessageId; wide?: boolean; children: ReactNode }) {
  const { t } = useLang();
  return (
    <NamedPair label={t(label)} wide={wide}>
      {children}
    </NamedPair>
  );
}

function NamedPair({ label, wide, children }: { label: ReactNode; wide?: boolean | undefined; children: ReactNode }) {
  const none = children === null || children === undefined || children === '';
  return (
    <div data-wide={wide || undefined}>
      <dt>{label}</dt>
      <dd data-none={none || undefined}>{none ? '–' : children}</dd>
    </div>
  );
}

/** The practice's own fields. */
function Custom({ values }: { values: Values }) {
  const { lang } = useLang();
  const { fields, textOf } = useCustomText();
  const asked = inUse(fields);
  if (!asked.length) return null;
  return (
    <Card title="patients.card.custom">
      {asked.map((field) => (
        <NamedPair key={field.id} label={<bdi>{localName(field, lang)}</bdi>}>
          {values[field.key] === undefined ? null : <bdi className={classes.text}>{textOf(field, values[field.key])}</bdi>}
        </NamedPair>
      ))}
    </Card>
  );
}

/** Everything that was entered. */
export function Overview({ patient: p }: { patient: Patient }) {
  const { t, lang } = useLang();
  const { timeZone, country } = useSession().practice;
  const can = useCan();
  const mayWrite = can('patients.write') && !p.deletedAt;
  return (
    <>
      <div className={classes.cards}>
        <div className={classes.column}>
          <Card title="patients.card.contact">
            <Pair label="patients.field.phones" wide>
              {p.phones.length ? (
                <ul className={classes.lines}>
                  {p.phones.map((phone, i) => (
                    <li key={i}>
                      <a href={`tel:${phone.number}`}>
                        <Phone number={phone.number} />
                      </a>
                      <small>
                        {t(`patients.kind.${phone.kind ?? 'other'}`)}
                        {phone.preferred ? ` · ${t('patients.preferred')}` : ''}
                      </small>
                    </li>
                  ))}
                </ul>
              ) : null}
            </Pair>
            <Pair label="patients.field.emails" wide>
              {p.emails.length ? (
                <ul className={classes.lines}>
                  {p.emails.map((email, i) => (
                    <li key={i}>
                      <a href={`mailto:${email.address}`}>
                        <bdi className="ltr">{email.address}</bdi>
                      </a>
                      <small>
                        {t(`patients.kind.${email.kind ?? 'other'}`)}
                        {email.preferred ? ` · ${t('patients.preferred')}` : ''}
                      </small>
                    </li>
                  ))}
                </ul>
              ) : null}
            </Pair>
            <Pair label="patients.field.contactMethod">{p.contactMethod ? t(`patients.contact.${p.contactMethod}`) : null}</Pair>
            <Pair label="patients.field.language">{p.language ? displayName(lang, 'language', p.language) : null}</Pair>
            <Pair label="field.address" wide>
              {p.address ? <bdi>{addressLine(lang, p.address, country)}</bdi> : null}
            </Pair>
          </Card>
          <Suspense>
            <FamilyCard id={p.id} mayWrite={mayWrite} />
          </Suspense>
          <Card title="patients.card.consent">
            {channels.map((channel) => {
              const consent = p.consents[channel];
              const how = consent ? [consent.source, consent.at ? t('patients.since', { date: formatDate(lang, timeZone, consent.at) }) : null].filter(Boolean).join(' · ') : '';
              return (
                <Pair key={channel} label={`patients.consent.${channel}`} wide>
                  <span>{t(consent ? (consent.granted ? 'patients.consent.granted' : 'patients.consent.refused') : 'patients.consent.unasked')}</span>
                  {how ? (
                    <span className={classes.lines}>
                      <small style={{ marginInlineStart: 0 }}>{how}</small>
                    </span>
                  ) : null}
                </Pair>
              );
            })}
          </Card>
        </div>
        <div className={classes.column}>
          <Card title="patients.card.personal">
            <Pair label="patients.field.birthDate">
              {p.birthDate ? (
                <span className="tnum">
                  {formatDayShort(lang, p.birthDate)}
                  <span className={classes.lines}>
                    <small style={{ marginInlineStart: 0 }}>{formatHijri(lang, p.birthDate)}</small>
                  </span>
                </span>
              ) : null}
            </Pair>
            <Pair label="patients.field.sex">{t(`patients.sex.${p.sex}`)}</Pair>
            <Pair label="patients.field.nationalId">{p.nationalId ? <bdi className="ltr tnum">{p.nationalId}</bdi> : null}</Pair>
            <Pair label="patients.field.nationality">{p.nationality ? displayName(lang, 'region', p.nationality) : null}</Pair>
            <Pair label="patients.field.status">{t(`patients.status.${p.status}`)}</Pair>
            <Pair label="patients.field.leadSource">{p.leadSource ? <bdi>{p.leadSource}</bdi> : null}</Pair>
          </Card>
          <Suspense>{can('tasks.read') ? <TasksCard patientId={p.id} mayAdd={!p.deletedAt} /> : null}</Suspense>
          <Custom values={p.custom} />
          <Card title="patients.card.notes">
            <Pair label="patients.field.medicalHistory" wide>
              {p.medicalHistory ? <bdi className={classes.text}>{p.medicalHistory}</bdi> : null}
            </Pair>
            <Pair label="patients.field.notes" wide>
              {p.notes ? <bdi className={classes.text}>{p.notes}</bdi> : null}
            </Pair>
          </Card>
        </div>
      </div>
      <div className={classes.meta}>
        {t('patients.enteredAt', { date: formatDate(lang, timeZone, p.createdAt) })} · {t('form.updatedAt', { date: formatDate(lang, timeZone, p.updatedAt) })}
      </div>
    </>
  );
}
