import { Modal, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { useLang } from '@/shared/i18n';
import classes from './Builder.module.css';
import { isFlow } from './newStep';
import { type Offer, offerIcon, searched } from './offers';

type Props = { offers: Offer[]; where: string; onPick: (name: string) => void; onClose: () => void };

/** A list to search in: type, go up and down, Enter. */
export function AddMenu({ offers, where, onPick, onClose }: Props) {
  const { t } = useLang();
  const [q, setQ] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const found = searched(offers, q);
  const chosen = Math.min(at, found.length - 1);

  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, Home: event.ctrlKey ? 0 : undefined, End: event.ctrlKey ? found.length - 1 : undefined }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(to, found.length - 1));
      setAt(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && found[chosen]) {
      event.preventDefault();
      onPick(found[chosen].name);
    }
  };

  return (
    <Modal opened onClose={onClose} title={t('workflows.add.title')} size={480} yOffset="10vh" returnFocus={false} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <p className={classes.where}>{where}</p>
      <TextInput
        data-autofocus
        leftSection={<IconSearch size={16} />}
        placeholder={t('workflows.add.search')}
        aria-label={t('workflows.add.search')}
        role="combobox"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={found[chosen] ? `${id}-${chosen}` : undefined}
        value={q}
        onChange={(event) => {
          setQ(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={id} role="listbox" aria-label={t('workflows.add.title')} className={classes.offers}>
        {found.map((offer, n) => (
          <OfferLine key={offer.name} id={`${id}-${n}`} offer={offer} first={offer.group !== found[n - 1]?.group} chosen={n === chosen} onHover={() => setAt(n)} onPick={onPick} />
        ))}
      </ul>
      {found.length ? null : <p className={classes.nothing}>{t('workflows.add.nothing')}</p>}
    </Modal>
  );
}

type LineProps = { id: string; offer: Offer; first: boolean; chosen: boolean; onHover: () => void; onPick: (name: string) => void };

function OfferLine({ id, offer, first, chosen, onHover, onPick }: LineProps) {
  const { t } = useLang();
  const Icon = offerIcon(offer.name);
  return (
    <>
      {first ? (
        <li role="presentation" className={classes.offerGroup}>
          {offer.group}
        </li>
      ) : null}
      <li id={id} role="option" aria-selected={chosen} data-chosen={chosen || undefined} data-offer={offer.name} className={classes.offer} onPointerMove={onHover} onClick={() => onPick(offer.name)}>
        <span className={classes.offerIcon} data-flow={isFlow(offer.name) || undefined}>
          <Icon size={16} stroke={1.8} aria-hidden />
        </span>
        <span className={classes.offerText}>
          <b>{offer.title}</b>
          {offer.about ? <small>{offer.about}</small> : null}
          {offer.notYet ? <small className={classes.notYet}>{t('workflows.notYet')}</small> : null}
        </span>
      </li>
    </>
  );
}
