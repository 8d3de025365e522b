// What is asked of the models besides the messages; the same of both.
import { Input, InputNumber, Segmented, Select, Switch, theme } from 'antd';
import { type ReactNode, useId } from 'react';
import { useText } from '../../app/text';
import { text } from './messages';
import styles from './Playground.module.css';
import { faultOf, type Format, readTools, type Settings } from './settings';
import { playground, usePlayground } from './store';

function Group({ title, children }: { title: string; children: ReactNode }) {
  const { token } = theme.useToken();
  return (
    <section className={styles.group} style={{ borderColor: token.colorBorderSecondary }}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Field({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return <div className={styles.field}><label htmlFor={id}>{label}</label>{children(id)}</div>;
}

function SwitchField({ label, hint, value, onChange }: {
  label: string; hint?: string; value: boolean; onChange: (value: boolean) => void;
}) {
  const id = useId();
  return (
    <div className={styles.switch} title={hint}>
      <label htmlFor={id}>{label}</label>
      <Switch id={id} size="small" checked={value} onChange={onChange} />
    </div>
  );
}

type NumberName = 'temperature' | 'topP' | 'topK' | 'maxTokens' | 'presencePenalty' |
  'frequencyPenalty' | 'repetitionPenalty' | 'seed';
// The bounds that the server has (wire/chat_fields.cc).
const NUMBERS: { name: NumberName; least: number; most: number; step: number }[] = [
  { name: 'temperature', least: 0, most: 2, step: 0.1 },
  { name: 'maxTokens', least: 1, most: 2_147_483_647, step: 64 },
  { name: 'topP', least: 0, most: 1, step: 0.05 },
  { name: 'topK', least: 0, most: 1_000_000, step: 1 },
  { name: 'presencePenalty', least: -2, most: 2, step: 0.1 },
  { name: 'frequencyPenalty', least: -2, most: 2, step: 0.1 },
  { name: 'repetitionPenalty', least: 0.01, most: 10, step: 0.05 },
  { name: 'seed', least: 0, most: Number.MAX_SAFE_INTEGER, step: 1 },
];

function Parameters({ settings }: { settings: Settings }) {
  const t = useText(text);
  return (
    <Group title={t.parameters}>
      <div className={styles.fields}>
        {NUMBERS.map(({ name, least, most, step }) => (
          <Field key={name} label={t[name]}>
            {(id) => (
              <InputNumber id={id} min={least} max={most} step={step} placeholder={t.usual}
                precision={step >= 1 ? 0 : undefined} value={settings[name] ?? null}
                onChange={(value) => playground.setSettings({ [name]: value ?? undefined })} />
            )}
          </Field>
        ))}
      </div>
      <Field label={t.stop}>
        {(id) => (
          <Select id={id} mode="tags" open={false} suffixIcon={null} maxCount={16}
            placeholder={t.stopHint} value={settings.stop}
            onChange={(stop) => playground.setSettings({ stop })} />
        )}
      </Field>
    </Group>
  );
}

function JsonField({ label, value, problem, onChange }: {
  label: string; value: string; problem?: string; onChange: (value: string) => void;
}) {
  const problemId = useId();
  return (
    <Field label={label}>
      {(id) => (
        <>
          <Input.TextArea id={id} className={`${styles.mono} ${styles.tall}`} rows={8}
            spellCheck={false} status={problem ? 'error' : ''} value={value}
            aria-invalid={!!problem} aria-describedby={problem ? problemId : undefined}
            onChange={(event) => onChange(event.target.value)} />
          {problem && (
            <p id={problemId} className={styles.fault}>{problem}</p>
          )}
        </>
      )}
    </Field>
  );
}

function Output({ settings }: { settings: Settings }) {
  const t = useText(text);
  const options = [
    { value: 'text', label: t.formatText },
    { value: 'json_object', label: t.formatJson },
    { value: 'json_schema', label: t.formatSchema },
  ];
  return (
    <Group title={t.output}>
      <Segmented block aria-label={t.output} options={options} value={settings.format}
        onChange={(format) => playground.setSettings({ format: format as Format })} />
      {settings.format === 'json_schema' && (
        <>
          <JsonField label={t.schema} value={settings.schema}
            problem={faultOf(settings) === 'schema' ? t.schemaWrong : undefined}
            onChange={(schema) => playground.setSettings({ schema })} />
          <SwitchField label={t.strict} hint={t.strictHint} value={settings.strict}
            onChange={(strict) => playground.setSettings({ strict })} />
        </>
      )}
    </Group>
  );
}

function Tools({ settings }: { settings: Settings }) {
  const t = useText(text);
  const names = new Set(readTools(settings.tools)?.map((tool) => tool.function.name));
  const options = [
    { value: 'auto', label: t.toolAuto },
    { value: 'required', label: t.toolRequired },
    { value: 'none', label: t.toolNone },
    ...Array.from(names, (name) => ({ value: name, label: name })),
  ];
  return (
    <Group title={t.tools}>
      <SwitchField label={t.useTools} value={settings.useTools}
        onChange={(useTools) => playground.setSettings({ useTools })} />
      {settings.useTools && (
        <>
          <JsonField label={t.toolsLabel} value={settings.tools}
            problem={readTools(settings.tools) ? undefined : t.toolsWrong}
            onChange={(tools) => playground.setSettings({ tools })} />
          <Field label={t.toolChoice}>
            {(id) => (
              <Select id={id} options={options} value={settings.toolChoice}
                onChange={(toolChoice) => playground.setSettings({ toolChoice })} />
            )}
          </Field>
          <SwitchField label={t.parallel} value={settings.parallelTools}
            onChange={(parallelTools) => playground.setSettings({ parallelTools })} />
        </>
      )}
    </Group>
  );
}

export function SettingsPanel() {
  const t = useText(text);
  const { settings } = usePlayground();
  return (
    <>
      <Group title={t.system}>
        <Input.TextArea aria-label={t.system} placeholder={t.systemHint} value={settings.system}
          className={styles.grows} rows={3}
          onChange={(event) => playground.setSettings({ system: event.target.value })} />
      </Group>
      <Parameters settings={settings} />
      <Output settings={settings} />
      <Tools settings={settings} />
    </>
  );
}
