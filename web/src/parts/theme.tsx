import { useMantineColorScheme } from '@mantine/core';

/** Light, dark, or as the system has it. */
export function Theme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <select
      className="input"
      aria-label="Theme"
      value={colorScheme}
      onChange={(event) => setColorScheme(event.target.value as 'auto' | 'light' | 'dark')}
    >
      <option value="auto">As the system</option>
      <option value="light">Light</option>
      <option value="dark">Dark</option>
    </select>
  );
}
