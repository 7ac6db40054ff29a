import { Popover } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { CSSProperties, KeyboardEvent, ReactNode } from 'react';
import { useLang } from '@/shared/i18n';
import { duration, rangeOf, spoken } from './labels';
import { DAY } from './time';
import type { Piece } from './week';
import classes from './WeekGrid.module.css';

/** Shares of the day, for the sheet to place it by. */
const placed = (piece: Piece) => ({ '--from': piece.from / DAY, '--size': (piece.to - piece.from) / DAY }) as CSSProperties;
/** Below this there is room for the times only. */
const TALL = 75;

type Props = {
  piece: Piece;
  held: boolean;
  readOnly: boolean;
  problem: string | undefined;
  helpId: string;
  onOpen: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  /** Typed times, when it is open. */
  editor: ReactNode;
  onClose: () => void;
};

/**
 * One stretch of hours in a column. What lies past midnight is drawn on the next day, as a part of the same thing:
 * it can be taken hold of, and only the first part is heard and focused.
 */
export function Block({ piece, held, readOnly, problem, helpId, onOpen, onKeyDown, editor, onClose }: Props) {
  const { t, lang } = useLang();
  const { interval, part } = piece;
  const data = { 'data-piece': interval.id, 'data-part': part, 'data-held': held || undefined, 'data-bad': problem ? true : undefined };
  const handles = readOnly ? null : (
    <>
      {part === 'tail' ? null : <span className={classes.handle} data-edge="from" />}
      {part === 'head' ? null : <span className={classes.handle} data-edge="to" />}
    </>
  );
  if (part === 'tail') {
    return (
      <div className={classes.block} style={placed(piece)} {...data} aria-hidden>
        <bdi className="ltr">{rangeOf(interval)}</bdi>
        {handles}
      </div>
    );
  }
  return (
    <Popover opened={!!editor} onDismiss={onClose} position="right-start" trapFocus shadow="md" width={344} withArrow>
      <Popover.Target>
        <button
          type="button"
          className={classes.block}
          style={placed(piece)}
          {...data}
          data-main
          aria-disabled={readOnly || undefined}
          aria-label={problem ? `${spoken(t, lang, interval)}. ${problem}` : spoken(t, lang, interval)}
          aria-describedby={readOnly ? undefined : helpId}
          onClick={onOpen}
          onKeyDown={onKeyDown}
        >
          <bdi className="ltr">{rangeOf(interval)}</bdi>
          {/* a word for the eye only, from the sheet: what is heard names the day instead */}
          {piece.to - piece.from >= TALL ? <span className={classes.length} data-text={duration(t, interval.length)} /> : null}
          {problem ? (
            <span className={classes.problem}>
              <IconAlertTriangle size={14} aria-hidden />
              {problem}
            </span>
          ) : null}
          {handles}
        </button>
      </Popover.Target>
      <Popover.Dropdown>{editor}</Popover.Dropdown>
    </Popover>
  );
}

/** The same in a row, where it is too narrow for words and fingers: the button for it stands underneath. */
export function Bar({ piece, held, problem }: Pick<Props, 'piece' | 'held' | 'problem'>) {
  return (
    <div
      className={classes.bar}
      style={placed(piece)}
      data-piece={piece.interval.id}
      data-part={piece.part}
      data-held={held || undefined}
      data-bad={problem ? true : undefined}
      aria-hidden
    >
      {piece.part === 'tail' ? null : <span className={classes.grip} data-edge="from" />}
      {piece.part === 'head' ? null : <span className={classes.grip} data-edge="to" />}
    </div>
  );
}
