// Keys of the whole console. Nothing here fires while a person types or a dialog is open.
import { useEffect, useRef } from 'react';

export type Keymap = Record<string, (event: KeyboardEvent) => void>;

function busy(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (event.metaKey || event.ctrlKey || event.altKey) return true;
  if (document.querySelector('[role="dialog"]')) return true;
  return !!target?.closest('input, textarea, select, [contenteditable="true"]');
}

/** `g i` is g and then i within a second; a single key fires at once. */
export function useKeys(map: Keymap, enabled = true) {
  const current = useRef(map);
  current.current = map;
  useEffect(() => {
    if (!enabled) return;
    let first = '';
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = (event: KeyboardEvent) => {
      if (busy(event)) return;
      // Enter on a link or button already has a meaning.
      if (
        event.key === 'Enter' &&
        (event.target as HTMLElement | null)?.closest('a, button, summary')
      )
        return;
      const pair = first ? `${first} ${event.key}` : '';
      const action = (pair && current.current[pair]) || (!first && current.current[event.key]);
      clearTimeout(timer);
      first = '';
      if (action) {
        event.preventDefault();
        action(event);
      } else if (Object.keys(current.current).some((name) => name.startsWith(`${event.key} `))) {
        first = event.key;
        timer = setTimeout(() => {
          first = '';
        }, 1000);
      }
    };
    addEventListener('keydown', listen);
    return () => {
      removeEventListener('keydown', listen);
      clearTimeout(timer);
    };
  }, [enabled]);
}
