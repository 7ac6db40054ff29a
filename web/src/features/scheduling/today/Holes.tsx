import { Button } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { formatTime } from '@/shared/i18n/format';
import type { Names } from '../useNames';
import { type Hole, minutesIn } from './holes';
import classes from './Today.module.css';
import { useDuration } from './useDuration';
import { Worklist } from './Worklist';

type Props = { holes: Hole[] | undefined; error: unknown; retry: () => void; zone: string; names: Names; mayBook: boolean; onBook: (hole: Hole) => void };

/** Time of today that nobody has yet. */
export function Holes({ holes, error, retry, zone, names, mayBook, onBook }: Props) {
  const { t, lang } = useLang();
  const durationOf = useDuration();
  const time = (at: number) => formatTime(lang, zone, new Date(at));
  return (
    <Worklist title={t('scheduling.today.holes')} rows={holes} error={error} retry={retry} keyOf={(hole) => `${hole.providerId} ${hole.start}`} done={t('scheduling.today.holesDone')}>
      {(hole) => {
        const name = names.personName(hole.providerId);
        const span = `${time(hole.start)} – ${time(hole.end)}`;
        return (
          <>
            <span className={classes.who}>
              <b className="tnum">{span}</b>
              <span>
                <bdi>{name}</bdi> · {durationOf(minutesIn([hole]))}
              </span>
            </span>
            {mayBook ? (
              <Button size="compact-sm" variant="light" data-hole aria-label={t('scheduling.today.bookHole', { name, span })} onClick={() => onBook(hole)}>
                {t('scheduling.book.go')}
              </Button>
            ) : null}
          </>
        );
      }}
    </Worklist>
  );
}
