import { Button, Skeleton, VisuallyHidden } from '@mantine/core';
import { IconChevronLeft, IconHeadset } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import { Failed } from '@/shared/ui/Page';
import { Acts } from '../Acts';
import { type CallDetail, callQuery, turnsQuery } from '../api';
import { CallMark } from '../CallMark';
import classes from '../Calls.module.css';
import { CaseLink } from '../CaseLink';
import { Facts } from '../Facts';
import { Findings } from '../Findings';
import { Summary } from '../inbox/CallReview';
import { LinkPatient, PatientName } from '../PatientOf';
import { Transcript } from '../Transcript';
import { useQuoted } from '../useQuoted';
import { useCallWords } from '../words';
import { Costs } from './Costs';
import own from './One.module.css';
import { Pace } from './Pace';

const route = getRouteApi('/inside/calls/$id');

export function CallPage() {
  return (
    <Gate title="calls.one" needs="calls.read">
      <Loaded />
    </Gate>
  );
}

function Loaded() {
  const { id } = route.useParams();
  const call = useQuery(callQuery(id));
  if (call.data) return <Page key={id} call={call.data} />;
  return call.error ? <Failed error={call.error} retry={() => void call.refetch()} /> : <Skeleton h={420} m="lg" w="auto" radius={12} />;
}

/** All that is known of a call. */
function Page({ call }: { call: CallDetail }) {
  const { t } = useLang();
  const words = useCallWords();
  const over = call.state === 'ended';
  const turns = useQuery({ ...turnsQuery(call.id, false), enabled: over }).data;
  const { marked, onQuote } = useQuoted(call.id);
  return (
    <div className={own.page}>
      <div className={own.head}>
        <Link to="/calls" search={over ? { shelf: 'all' } : {}} className={classes.up} aria-label={t('calls.back')}>
          <IconChevronLeft size={20} stroke={1.8} className={classes.back} />
        </Link>
        <div className={own.titles}>
          <h1>
            <PatientName call={call} />
          </h1>
          <div className={classes.under}>
            <CallMark call={call} />
            <bdi>{words.about(call)}</bdi>
            <LinkPatient call={call} />
            <CaseLink call={call} />
          </div>
        </div>
        {over ? (
          <Acts call={call} />
        ) : (
          <Button leftSection={<IconHeadset size={16} />} renderRoot={(props) => <Link to="/calls" search={{ call: call.id }} {...props} />}>
            {t('calls.talk.toLive')}
          </Button>
        )}
      </div>
      <div className={own.columns}>
        <div className={own.main}>
          {over ? (
            <div className={classes.card}>
              <VisuallyHidden component="h2">{t('calls.one')}</VisuallyHidden>
              <Summary call={call} />
              <Findings call={call} onQuote={onQuote} />
              <Transcript id={call.id} marked={marked} className={own.feed} />
            </div>
          ) : (
            <p className={classes.pick}>{t('calls.one.running')}</p>
          )}
        </div>
        <div className={own.side}>
          <section className={`${classes.card} ${own.facts}`} aria-labelledby="facts">
            <h2 id="facts">{t('calls.facts')}</h2>
            <Facts call={call} />
          </section>
          {turns?.length ? <Pace call={call} turns={turns} /> : null}
          <Costs call={call} />
        </div>
      </div>
    </div>
  );
}
