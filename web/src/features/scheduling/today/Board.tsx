import { VisuallyHidden } from '@mantine/core';
import { type DragEvent, useState } from 'react';
import { namesOf } from '@/features/patients/person';
import { useLang } from '@/shared/i18n';
import { onRowKeys } from '@/shared/ui/rowKeys';
import type { Item } from '../api';
import { StatusDot } from '../StatusMark';
import type { Names } from '../useNames';
import { type Column, columnOf, columns, nextColumn, stepsTo } from '../visit/stages';
import { useMayChange, useSteps } from '../visit/useSteps';
import { Card } from './Card';
import classes from './Today.module.css';

const dots = { booked: 'confirmed', arrived: 'arrived', seated: 'in_chair', done: 'completed', out: 'completed' } as const;

type Props = { items: Item[]; names: Names; now: number; onOpen: (id: string) => void };

/** Everybody who comes today, by how far their visit has come; dragged further, or sent by the button on their card. */
export function Board({ items, names, now, onOpen }: Props) {
  const { t, lang } = useLang();
  const mayChange = useMayChange();
  const { go } = useSteps();
  const [held, setHeld] = useState<Item>();
  const [over, setOver] = useState<Column>();
  const [news, setNews] = useState('');

  const move = async (item: Item, to: Column) => {
    const steps = stepsTo(to, item);
    if (!steps.length) return;
    const message = t('scheduling.today.moved', { name: namesOf(item.patient, lang).name, column: t(`scheduling.today.column.${to}`) });
    if (await go(item, steps, message)) setNews(message);
  };
  const target = (column: Column) => ({
    onDragOver: (event: DragEvent) => {
      if (!held || columnOf(held) === column) return;
      event.preventDefault();
      setOver(column);
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(undefined);
    },
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(undefined);
      if (held) void move(held, column);
      setHeld(undefined);
    },
  });

  return (
    <>
      <div className={classes.board}>
        {columns.map((column) => {
          const own = items.filter((item) => columnOf(item) === column);
          return (
            <section key={column} className={classes.column} data-column={column} data-over={over === column || undefined} aria-labelledby={`column-${column}`} {...target(column)}>
              <h2 id={`column-${column}`} className={classes.columnHead}>
                <StatusDot status={dots[column]} />
                {t(`scheduling.today.column.${column}`)}
                <span className="tnum">{own.length}</span>
              </h2>
              {own.length ? (
                <ul className={classes.cards} onKeyDown={onRowKeys}>
                  {own.map((item) => {
                    const next = mayChange(item) ? nextColumn(item) : undefined;
                    return (
                      <Card
                        key={item.id}
                        item={item}
                        names={names}
                        now={now}
                        held={held?.id === item.id}
                        next={next}
                        onOpen={() => onOpen(item.id)}
                        onNext={() => next && void move(item, next)}
                        onHold={mayChange(item) ? (holding) => setHeld(holding ? item : undefined) : undefined}
                      />
                    );
                  })}
                </ul>
              ) : (
                <p className={classes.none}>{t(`scheduling.today.none.${column}`)}</p>
              )}
            </section>
          );
        })}
      </div>
      <VisuallyHidden role="status">{news}</VisuallyHidden>
    </>
  );
}
