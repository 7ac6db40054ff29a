import { Button, Title } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { toast } from '@/shared/ui/toast';
import type { Field } from '../api';
import { type Case, readSensitive } from '../cases/api';
import { inOrder, type Values } from '../values';
import classes from './Case.module.css';
import { FieldLine } from './FieldLine';

/** What is known of a case, field by field, each to be changed where it stands. What is sensitive is hidden until somebody asks for it. */
export function FieldsCard({ one, fields, mayWrite }: { one: Case; fields: Field[]; mayWrite: boolean }) {
  const { t } = useLang();
  const textOf = useErrorText();
  const [secret, setSecret] = useState<Values>();
  const [editing, setEditing] = useState<string>();
  const [asking, setAsking] = useState(false);
  // what was shown is not what there is any more
  useEffect(() => setSecret(undefined), [one.version]);
  const hidden = fields.some((field) => field.sensitive && one.sensitiveKeys.includes(field.key));
  const show = async () => {
    setAsking(true);
    try {
      const full = await readSensitive(one.id);
      setSecret(Object.fromEntries(full.sensitiveKeys.map((key) => [key, full.fields[key]])));
    } catch (error) {
      toast.failed(textOf(error));
    } finally {
      setAsking(false);
    }
  };
  return (
    <section className={classes.card} aria-labelledby="case-fields">
      <div className={classes.cardHead}>
        <Title order={2} id="case-fields">
          {t('cases.card.fields')}
        </Title>
        {hidden ? (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={secret ? <IconEyeOff size={15} /> : <IconEye size={15} />}
            loading={asking}
            title={t('cases.showHint')}
            onClick={() => (secret ? setSecret(undefined) : void show())}
          >
            {t(secret ? 'cases.hide' : 'cases.show')}
          </Button>
        ) : null}
      </div>
      {fields.length ? (
        <dl className={classes.fields}>
          {inOrder(fields).map((field) => (
            <FieldLine
              key={field.key}
              one={one}
              field={field}
              value={field.sensitive ? secret?.[field.key] : one.fields[field.key]}
              hidden={field.sensitive && !secret && one.sensitiveKeys.includes(field.key)}
              editing={editing === field.key}
              onEdit={mayWrite ? (on) => setEditing(on ? field.key : undefined) : undefined}
            />
          ))}
        </dl>
      ) : (
        <p className={classes.none}>{t('cases.noFields')}</p>
      )}
    </section>
  );
}
