import { Button, MultiSelect, Textarea } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Empty } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import classes from './Activity.module.css';
import { peopleQuery, useWriteNote } from './api';
import { Entries } from './Entries';
import { type Activities, activities } from './search';

type Props = { id: string; mayWrite: boolean; show: Activities; onShow: (show: Activities) => void };

/** Everything that happened with a patient, and the notes that people write. */
export function Activity({ id, mayWrite, show, onShow }: Props) {
  const { t } = useLang();
  return (
    <div className={classes.wrap}>
      {mayWrite ? <Composer id={id} /> : null}
      <div className={classes.filter} role="group" aria-label={t('activity.show')}>
        {activities.map((value) => (
          <Button key={value} size="xs" radius="xl" variant={value === show ? 'light' : 'subtle'} color={value === show ? 'brand' : 'gray'} aria-pressed={value === show} onClick={() => onShow(value)}>
            {t(`activity.${value}`)}
          </Button>
        ))}
      </div>
      <Entries
        id={id}
        show={show}
        empty={<Empty icon={<IconHistory size={26} stroke={1.6} />} title={t(show === 'notes' ? 'activity.emptyNotes' : 'activity.empty')} text={t('activity.emptyText')} />}
      />
    </div>
  );
}

function Composer({ id }: { id: string }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const maySeeStaff = useCan()('staff.read');
  const people = useQuery({ ...peopleQuery, enabled: maySeeStaff }).data;
  const write = useWriteNote(id);
  const keyOf = useSendKey();
  const [text, setText] = useState('');
  const [mentions, setMentions] = useState<string[]>([]);

  const send = async () => {
    if (!text.trim() || write.isPending) return;
    const body = { text: text.trim(), mentions };
    try {
      await write.mutateAsync({ body, key: keyOf(body) });
      setText('');
      setMentions([]);
    } catch (error) {
      toast.failed(textOf(error));
    }
  };

  return (
    <div className={classes.composer}>
      <Textarea
        aria-label={t('activity.write')}
        placeholder={t('activity.write')}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={10_000}
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey)) return;
          e.preventDefault();
          void send();
        }}
        className="ownDirection"
      />
      <div className={classes.composerFoot}>
        {maySeeStaff ? (
          <MultiSelect
            aria-label={t('activity.mention')}
            placeholder={mentions.length ? '' : t('activity.mention')}
            searchable
            hidePickedOptions
            maxValues={20}
            data={(people ?? []).filter((person) => person.status === 'active').map((person) => ({ value: person.id, label: person.name }))}
            value={mentions}
            onChange={setMentions}
            nothingFoundMessage={t('search.nothing')}
            className={classes.mention ?? ''}
          />
        ) : (
          <span className={classes.mention} />
        )}
        <span className={classes.hint} aria-hidden>
          {t('activity.sendHint')}
        </span>
        <Button loading={write.isPending} disabled={!text.trim()} onClick={() => void send()}>
          {t('activity.send')}
        </Button>
      </div>
    </div>
  );
}
