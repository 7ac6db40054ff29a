import { useLang } from '@/shared/i18n';
import { findPath, findStep, isLane, type Key, laneOf, TRIGGER } from '../tree';
import { useBuilder } from './useBuilder';

/** The title of what is chosen. */
export function useTitle() {
  const { t } = useLang();
  const { definition, words } = useBuilder();
  return (key: Key): { kind: string; title: string } => {
    if (key === TRIGGER) return { kind: t('workflows.kind.trigger'), title: words.trigger(definition.trigger) };
    const step = findStep(definition, isLane(key) ? (laneOf(key).of ?? '') : key);
    if (!step) return { kind: '', title: '' };
    if (!isLane(key)) return { kind: words.kindOf(step), title: words.stepTitle(step) };
    return { kind: t('workflows.kind.path'), title: words.laneTitle(step, findPath(definition, key) ?? null) };
  };
}
