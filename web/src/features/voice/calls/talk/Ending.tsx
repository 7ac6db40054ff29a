import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useLang } from '@/shared/i18n';
import { callQuery } from '../api';
import { CallMark } from '../CallMark';
import calls from '../Calls.module.css';
import { Findings } from '../Findings';
import classes from './Talk.module.css';

/** What came of a call that has just ended. */
export function Ending({ id }: { id: string }) {
  const { t } = useLang();
  const call = useQuery(callQuery(id)).data;
  const box = useRef<HTMLElement>(null);
  // what was typed into is gone: whoever hears the page is told why
  useEffect(() => box.current?.focus(), []);
  const over = call?.state === 'ended' ? call : undefined;
  return (
    <section ref={box} tabIndex={-1} className={classes.end} aria-label={t('calls.end')} data-ended={over ? '' : undefined}>
      <div className={calls.panelHead}>
        <div className={calls.panelTitles}>
          <h2>{t('calls.end')}</h2>
          {over ? <CallMark call={over} /> : null}
        </div>
        <Button variant="default" renderRoot={(props) => <Link to="/calls/$id" params={{ id }} {...props} />}>
          {t('calls.open')}
        </Button>
      </div>
      {over ? (
        <>
          {over.summary ? (
            <div className={calls.part}>
              <p className={calls.summary} dir="auto">
                {over.summary}
              </p>
            </div>
          ) : null}
          <Findings call={over} />
        </>
      ) : (
        <Skeleton h={72} m="md" w="auto" />
      )}
    </section>
  );
}
