import { NativeSelect, type NativeSelectProps } from '@mantine/core';
import { type Lang, useLang } from '@/shared/i18n';

type Props = Omit<NativeSelectProps, 'value' | 'onChange' | 'data'> & { value?: Lang; onChange: (lang: Lang) => void };

/** The languages, each by the name that the page's language has for it. */
export function LanguageSelect({ onChange, ...props }: Props) {
  const { t } = useLang();
  return (
    <NativeSelect
      label={t('identity.language')}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={[
        { value: 'en', label: t('lang.en') },
        { value: 'ar', label: t('lang.ar') },
      ]}
      {...props}
      onChange={(event) => onChange(event.currentTarget.value as Lang)}
    />
  );
}
