import { Select } from '@mantine/core';
import { useLang } from '@/shared/i18n';
import { useCallWords } from './words';

type Props = {
  /** The slug of a call workflow; undefined for all of them. */
  value: string | undefined;
  onChange: (slug: string | undefined) => void;
  clearable?: boolean;
};

/** What calls are about. */
export function WorkflowSelect({ value, onChange, clearable = true }: Props) {
  const { t } = useLang();
  const { workflows, nameOf } = useCallWords();
  const data = (workflows ?? []).map((one) => ({ value: one.slug, label: nameOf(one) }));
  return <Select aria-label={t('calls.fact.about')} placeholder={t('calls.about.any')} data={data} value={value ?? null} onChange={(slug) => onChange(slug ?? undefined)} clearable={clearable} allowDeselect={clearable} w={280} />;
}
