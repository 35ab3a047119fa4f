// A dialog, and the small forms that appear in it.
import { Button, Modal } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';

export function Dialog({
  title,
  close,
  children,
}: {
  title: string;
  close: () => void;
  children: ReactNode;
}) {
  return (
    <Modal
      opened
      onClose={close}
      title={title}
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close' }}
      size={480}
    >
      {children}
    </Modal>
  );
}

interface FormProps {
  submit: (values: FormData) => void;
  close: () => void;
  label: string;
  /** What it will do, before it does it. */
  effect?: ReactNode;
  children: ReactNode;
}

export function Form({ submit, close, label, effect, children }: FormProps) {
  return (
    <form
      className="form"
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        submit(new FormData(event.currentTarget));
      }}
    >
      {children}
      {effect && <p className="quiet">{effect}</p>}
      <div className="row">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit">{label}</Button>
      </div>
    </form>
  );
}

export function Text({
  name,
  label,
  long,
  required,
  value,
  type = 'text',
}: {
  name: string;
  label: string;
  long?: boolean;
  required?: boolean;
  value?: string;
  type?: string;
}) {
  const shared = { name, required, defaultValue: value, 'data-autofocus': true };
  if (long) {
    return (
      <label className="field">
        {label}
        <textarea className="input area" rows={5} {...shared} />
      </label>
    );
  }
  return (
    <label className="field">
      {label}
      <input className="input" type={type} {...shared} />
    </label>
  );
}

export function Choice({
  name,
  label,
  options,
  value,
}: {
  name: string;
  label: string;
  options: [string, string][];
  value?: string;
}) {
  return (
    <label className="field">
      {label}
      <select className="input" name={name} defaultValue={value}>
        {options.map(([option, word]) => (
          <option key={option} value={option}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}

export const textOf = (values: FormData, name: string) => String(values.get(name) ?? '').trim();
