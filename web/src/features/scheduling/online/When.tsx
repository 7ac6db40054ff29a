import { Title, UnstyledButton } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { titled } from '@/features/practice/providers/titled';
import { useLang } from '@/shared/i18n';
import type { PublicPractice, PublicService } from './api';
import type { Booked } from './BookingPage';
import { Details } from './Details';
import classes from './Online.module.css';
import { type BookingSearch, frameOf, inLang } from './search';
import { About } from './Services';
import { Slots } from './Slots';

type Props = { practice: PublicPractice; service: PublicService; search: BookingSearch; onBooked: (booked: Booked) => void };

/** Where, with whom and when; then the details. Each choice is in the address, so that the way back is the browser's. */
export function When({ practice, service, search, onBooked }: Props) {
  const { t, lang } = useLang();
  const navigate = useNavigate();
  const chosen = chosenOf(practice, service, search);
  const { location, provider } = chosen;
  /** What is undefined leaves the address. */
  const go: Go = (change, replace = true) =>
    void navigate({ to: '.', search: ((now: BookingSearch) => Object.fromEntries(Object.entries({ ...now, ...change }).filter(([, value]) => value !== undefined))) as never, replace, resetScroll: !replace });
  const wish = location && { practice: practice.slug, service: service.slug, locationId: location.id, ...(provider ? { providerId: provider.id } : {}) };

  if (wish && search.at) {
    return (
      <Details
        practice={practice}
        service={service}
        location={location}
        provider={provider}
        wish={wish}
        start={search.at}
        onOther={({ start, providerId }) => go({ at: start, provider: providerId ?? undefined })}
        onBack={() => go({ at: undefined })}
        onBooked={(visit, mailed) => {
          onBooked({ visit, service: service.slug, locationId: location.id, mailed });
          go({ at: undefined, day: undefined, done: true });
        }}
      />
    );
  }
  return (
    <div className={classes.card}>
      {practice.services.length > 1 ? (
        <UnstyledButton className={classes.back} onClick={() => void navigate({ to: '/book/$practice', params: { practice: practice.slug }, search: frameOf(search) })}>
          <IconArrowLeft size={18} stroke={1.7} aria-hidden /> {t('online.otherService')}
        </UnstyledButton>
      ) : null}
      <Title order={1} className={classes.hidden}>
        {inLang(lang, service.nameEn, service.nameAr)}
      </Title>
      <div className={classes.chosen}>
        <About service={service} />
      </div>
      <Choices chosen={chosen} go={go} />
      {wish ? <Slots wish={wish} zone={location.timeZone} day={search.day} onDay={(day) => go({ day })} onChoose={(start) => go({ at: start }, false)} /> : null}
    </div>
  );
}

type Go = (change: { [K in keyof BookingSearch]: BookingSearch[K] | undefined }, replace?: boolean) => void;

/** Where and with whom it can be had, and what of it was chosen. */
function chosenOf(practice: PublicPractice, service: PublicService, search: BookingSearch) {
  const locations = practice.locations.filter((one) => service.locationIds.includes(one.id));
  const location = locations.find((one) => one.id === search.location) ?? (locations.length === 1 ? locations[0] : undefined);
  const providers = practice.providers.filter(
    (one) => one.services.includes(service.slug) && location && (!one.locationIds.length || one.locationIds.includes(location.id)),
  );
  return { locations, location, providers, provider: providers.find((one) => one.id === search.provider) };
}

/** Where and with whom, as far as there is a choice. */
function Choices({ chosen: { locations, location, providers, provider }, go }: { chosen: ReturnType<typeof chosenOf>; go: Go }) {
  const { t, lang } = useLang();
  return (
    <>
      {locations.length > 1 ? (
        <Choice
          legend={t('online.where')}
          value={location?.id}
          options={locations.map((one) => ({ value: one.id, label: inLang(lang, one.name, one.nameAr), text: [one.address?.line1, one.address?.city].filter(Boolean).join(lang === 'ar' ? '، ' : ', ') }))}
          onChange={(id) => go({ location: id, provider: undefined, day: undefined })}
        />
      ) : null}
      {location && providers.length > 1 ? (
        <Choice
          legend={t('online.withWhom')}
          value={provider?.id ?? ''}
          options={[{ value: '', label: t('online.anybody'), text: t('online.anybodyText') }, ...providers.map((one) => ({ value: one.id, label: titled(one.name, one, lang), text: one.specialty ?? '' }))]}
          onChange={(id) => go({ provider: id || undefined, day: undefined })}
        />
      ) : null}
    </>
  );
}

type ChoiceProps = { legend: string; value: string | undefined; options: { value: string; label: string; text: string }[]; onChange: (value: string) => void };

function Choice({ legend, value, options, onChange }: ChoiceProps) {
  return (
    <fieldset className={classes.choice}>
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className={classes.option}>
          <input type="radio" name={legend} value={option.value} checked={value === option.value} onChange={() => onChange(option.value)} />
          <span>
            <b>
              <bdi>{option.label}</bdi>
            </b>
            {option.text ? <small>{option.text}</small> : null}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
