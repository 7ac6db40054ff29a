import { Button, Checkbox, Stack, Text } from '@mantine/core';
import { IconDownload, IconPrinter } from '@tabler/icons-react';
import { useState } from 'react';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { CopyButton } from '@/shared/ui/CopyField';
import { saveFile } from '@/shared/ui/saveFile';
import classes from './Account.module.css';

/** The codes for the day when the telephone is gone. They are shown this once, so leaving takes a second thought. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useLang();
  const { user } = useSession();
  const [kept, setKept] = useState(false);
  const text = `${t('recovery.fileTitle')}\n${user.email}\n\n${codes.join('\n')}\n`;
  return (
    <Stack gap="sm">
      <Text size="sm">{t('recovery.keep')}</Text>
      <div data-print>
        <p className={classes.printTitle}>
          {t('recovery.fileTitle')} · <bdi>{user.email}</bdi>
        </p>
        <ul className={classes.codes} aria-label={t('recovery.title')}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      </div>
      <div className={classes.row}>
        <CopyButton text={text} />
        <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => saveFile(new Blob([text], { type: 'text/plain' }), 'vantage-recovery-codes.txt')}>
          {t('recovery.download')}
        </Button>
        <Button variant="default" leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>
          {t('recovery.print')}
        </Button>
      </div>
      <Checkbox label={t('recovery.kept')} checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
      <Button disabled={!kept} onClick={onDone}>
        {t('recovery.done')}
      </Button>
    </Stack>
  );
}
