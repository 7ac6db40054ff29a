import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useLang, wantTexts } from '@/shared/i18n';
import classes from './Book.module.css';
import type { Draft } from './draft';

const WishDrawer = lazy(async () => {
  const [module] = await Promise.all([import('../waitlist/WishDrawer'), wantTexts('waitlist')]);
  return { default: module.WishDrawer };
});

/** For whom nothing suits: they wait for something that does. */
export function ToWaitlist({ draft: { patientId, serviceId, locationId, providerId, start } }: { draft: Draft }) {
  const { t } = useLang();
  const may = useCan()('waitlist.write');
  const [waiting, setWaiting] = useState(false);
  if (!may || start || !serviceId) return null;
  return (
    <>
      <Button variant="subtle" size="compact-sm" className={classes.enter ?? ''} onClick={() => setWaiting(true)}>
        {t('scheduling.book.toWaitlist')}
      </Button>
      {/* what is sent in there is no concern of the form around */}
      {waiting ? (
        <div onSubmit={(event) => event.stopPropagation()}>
          <Suspense>
            <WishDrawer patientId={patientId} serviceId={serviceId} locationId={locationId} providerId={providerId} onClose={() => setWaiting(false)} />
          </Suspense>
        </div>
      ) : null}
    </>
  );
}
