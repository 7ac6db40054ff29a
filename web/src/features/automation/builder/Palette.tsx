import { TextInput, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './Builder.module.css';
import { isFlow } from './newStep';
import { type Offer, offerIcon, searched } from './offers';

type Props = {
  offers: Offer[];
  onPick: (name: string) => void;
  onDrag: (event: React.DragEvent, name: string) => void;
  /** Back to the canvas. */
  onLeave: () => void;
};

/** Beside the canvas: to drag from, or to add behind what is chosen. */
export function Palette({ offers, onPick, onDrag, onLeave }: Props) {
  const { t } = useLang();
  const [q, setQ] = useState('');
  const found = searched(offers, q);
  return (
    <aside className={classes.palette} aria-label={t('workflows.blocks')} onKeyDown={(event) => (event.key === 'Escape' ? onLeave() : undefined)}>
      <TextInput size="xs" leftSection={<IconSearch size={14} />} placeholder={t('workflows.add.search')} aria-label={t('workflows.add.search')} value={q} onChange={(event) => setQ(event.currentTarget.value)} />
      <p className={classes.hint}>{t('workflows.blocks.hint')}</p>
      {found.map((offer, n) => {
        const Icon = offerIcon(offer.name);
        return (
          <div key={offer.name} className={classes.paletteItem}>
            {offer.group === found[n - 1]?.group ? null : <div className={classes.offerGroup}>{offer.group}</div>}
            <UnstyledButton className={classes.block} data-block={offer.name} draggable onClick={() => onPick(offer.name)} onDragStart={(event) => onDrag(event, offer.name)}>
              <span className={classes.offerIcon} data-flow={isFlow(offer.name) || undefined}>
                <Icon size={16} stroke={1.8} aria-hidden />
              </span>
              <span>
                {offer.title}
                {offer.notYet ? <small className={classes.notYet}>{t('workflows.notYet')}</small> : null}
              </span>
            </UnstyledButton>
          </div>
        );
      })}
    </aside>
  );
}
