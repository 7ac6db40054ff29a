import { Input } from '@mantine/core';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { Field } from '../blocks';
import { useBuilder } from '../builder/useBuilder';
import { piecesOf, usualFilter, written } from '../variables';
import classes from './Fields.module.css';
import { VariableMenu } from './VariableMenu';

type Props = {
  label: string;
  value: string;
  onChange: (text: string) => void;
  variables: readonly Field[];
  lines?: boolean;
  description?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  readOnly?: boolean;
};

const CHIP = 'data-path';

/** What stands in the field, as text: chips are variables again. */
function textIn(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? '';
  if (!(node instanceof HTMLElement)) return '';
  const path = node.getAttribute(CHIP);
  if (path) return written({ path, filters: node.dataset.filters ?? '' });
  if (node.tagName === 'BR') return '\n';
  return [...node.childNodes].map(textIn).join('');
}

const chipAround = (node: Node) => (node instanceof Element ? node : node.parentElement)?.closest(`[${CHIP}]`);

function chip(path: string, filters: string, label: string) {
  const node = document.createElement('span');
  node.setAttribute(CHIP, path);
  node.dataset.filters = filters;
  node.contentEditable = 'false';
  node.className = classes.chip ?? '';
  const name = document.createElement('bdi');
  name.textContent = label;
  node.append(name);
  return node;
}

/**
 * A text in which variables are words one can see and delete, and not something between braces. The browser edits it;
 * it is written anew only when the text comes from elsewhere.
 */
export function VariableText({ label, value, onChange, variables, lines = false, description, error, required = false, readOnly = false }: Props) {
  const { words } = useBuilder();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const shown = useRef<string>(undefined);
  const caret = useRef<Range>(undefined);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    const node = box.current!;
    if (shown.current === value) return;
    shown.current = value;
    node.replaceChildren(...piecesOf(value).map((piece) => ('text' in piece ? document.createTextNode(piece.text) : chip(piece.path, piece.filters, words.variable(piece.path)))));
  }, [value]);

  // names are in the language of the page, and steps may be renamed
  useEffect(() => {
    for (const node of box.current!.querySelectorAll<HTMLElement>(`[${CHIP}]`)) node.firstElementChild!.textContent = words.variable(node.getAttribute(CHIP)!);
  }, [words]);

  const tell = () => {
    // a line break at the end is the browser's own, for the caret to stand behind a chip or in nothing
    const nodes = [...box.current!.childNodes];
    if (nodes.at(-1)?.nodeName === 'BR') nodes.pop();
    const text = nodes.map(textIn).join('');
    shown.current = text;
    onChange(text);
  };

  /** Where the caret is, to come back to it; at the end where it never was. */
  const remember = () => {
    const selection = getSelection();
    const range = selection?.rangeCount ? selection.getRangeAt(0) : undefined;
    if (range && box.current?.contains(range.commonAncestorContainer)) caret.current = range.cloneRange();
  };

  const insert = (field: Field) => {
    const node = box.current!;
    let range = caret.current;
    if (!range || !node.contains(range.commonAncestorContainer)) {
      range = document.createRange();
      range.selectNodeContents(node);
      range.collapse(false);
    }
    const added = chip(field.key, usualFilter(field), words.variable(field.key));
    range.deleteContents();
    range.insertNode(added);
    range.setStartAfter(added);
    range.collapse(true);
    node.focus();
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
    remember();
    tell();
  };

  /** What is chosen begins or ends beside a chip and never within one, where browsers would write nothing. */
  const outOfChips = () => {
    const range = getSelection()?.rangeCount ? getSelection()!.getRangeAt(0) : undefined;
    if (!range || !box.current!.contains(range.commonAncestorContainer)) return;
    const [first, last] = [chipAround(range.startContainer), chipAround(range.endContainer)];
    if (first) range.setStartBefore(first);
    if (last) range.setEndAfter(last);
  };

  /** Browsers do not write over what is chosen when a chip is the whole of it. */
  const replace = useRef<(event: InputEvent) => void>(undefined);
  replace.current = (event) => {
    const range = getSelection()?.rangeCount ? getSelection()!.getRangeAt(0) : undefined;
    if (!range || range.collapsed || !box.current!.contains(range.commonAncestorContainer)) return;
    if (!range.cloneContents().querySelector(`[${CHIP}]`)) return;
    event.preventDefault();
    range.deleteContents();
    const text = event.inputType.startsWith('insert') ? (event.data ?? event.dataTransfer?.getData('text/plain') ?? '') : '';
    range.insertNode(document.createTextNode(text));
    range.collapse(false);
    getSelection()!.removeAllRanges();
    getSelection()!.addRange(range);
    remember();
    tell();
  };
  useEffect(() => {
    const node = box.current!;
    const listen = (event: InputEvent) => replace.current?.(event);
    node.addEventListener('beforeinput', listen);
    return () => node.removeEventListener('beforeinput', listen);
  }, []);

  /** Two braces are how others begin a variable: they ask for the list here. */
  const braces = () => {
    const range = getSelection()?.rangeCount ? getSelection()!.getRangeAt(0) : undefined;
    const node = range?.startContainer;
    if (!range || node?.nodeType !== Node.TEXT_NODE || node.textContent?.slice(range.startOffset - 2, range.startOffset) !== '{{') return;
    (node as Text).deleteData(range.startOffset - 2, 2);
    remember();
    setOpen(true);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    outOfChips();
    if (event.key === 'Enter' && !lines) event.preventDefault();
  };

  return (
    <Input.Wrapper id={id} label={label} description={description} error={error} required={required} labelElement="div" labelProps={{ id: `${id}-label` }} inputWrapperOrder={['label', 'input', 'description', 'error']}>
      <div className={classes.textRow} data-lines={lines || undefined} data-error={!!error || undefined}>
        <div
          ref={box}
          className={classes.textBox}
          contentEditable={readOnly ? false : 'plaintext-only'}
          suppressContentEditableWarning
          role="textbox"
          tabIndex={0}
          aria-multiline={lines}
          aria-labelledby={`${id}-label`}
          aria-required={required}
          aria-invalid={!!error}
          aria-readonly={readOnly}
          dir="auto"
          spellCheck={lines}
          onInput={() => {
            braces();
            tell();
          }}
          onKeyDown={onKeyDown}
          onKeyUp={remember}
          onPointerUp={remember}
          onBlur={remember}
        />
        {readOnly ? null : <VariableMenu label={label} variables={variables} opened={open} onOpened={setOpen} onPick={insert} />}
      </div>
    </Input.Wrapper>
  );
}
