import { IconArrowsMoveVertical, IconMinus, IconPencil, IconPlus, type Icon } from '@tabler/icons-react';
import { type Lookup, useLang } from '@/shared/i18n';
import type { Diff } from '../api';
import type { Blocks } from '../blocks';
import type { Definition } from '../definition';
import { findStep } from '../tree';
import { useRefs } from '../useRefs';
import { useWords, type Words } from '../useWords';
import classes from './Builder.module.css';

type Kind = Diff['changes'][number]['kind'];
const icons: Record<Kind, Icon> = { added: IconPlus, removed: IconMinus, changed: IconPencil, moved: IconArrowsMoveVertical };

/** `wait.minutes` → its word; of an action's fields what the block calls them. */
function fieldWord(words: Words, lookup: Lookup, action: string | undefined, name: string): string {
  const [first = '', ...rest] = name.split(/[./]/).filter(Boolean);
  if (first === 'fields' && rest[0] && action) return words.field(action, rest[0]);
  return lookup(`workflows.member.${first}`) ?? (action ? words.field(action, first) : first);
}

type Props = { changes: Diff['changes']; blocks: Blocks | undefined; before: Definition | undefined; after: Definition | undefined };

/** What is different, step by step. */
export function Changes({ changes, blocks, before, after }: Props) {
  const { t, lookup } = useLang();
  const { nameOf } = useRefs();
  const [was, is] = [useWords(blocks, before, nameOf), useWords(blocks, after, nameOf)];
  if (!changes.length) return <p className={classes.hint}>{t('workflows.diff.none')}</p>;
  const titleOf = (step: string | null | undefined) => {
    if (!step || step === 'trigger') return { title: t('workflows.kind.trigger'), action: undefined };
    const now = after ? findStep(after, step) : undefined;
    const then = before ? findStep(before, step) : undefined;
    const one = now ?? then;
    return { title: one ? (now ? is : was).stepTitle(one) : step, action: one?.kind === 'action' ? one.action : undefined };
  };
  return (
    <ul className={classes.changes}>
      {changes.map(({ kind, step, fields }) => {
        const { title, action } = titleOf(step);
        const Icon = icons[kind];
        const what = fields.map((name) => fieldWord(is, lookup, action, name));
        return (
          <li key={`${kind} ${step}`} data-change={kind}>
            <Icon size={16} stroke={1.9} aria-hidden />
            <span>
              <b>
                <bdi>{title}</bdi>
              </b>
              <small>{[t(`workflows.diff.${kind}`), what.length ? is.inTurn([...new Set(what)]) : ''].filter(Boolean).join(': ')}</small>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
