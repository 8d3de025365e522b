// One statement of a policy with forms: effect, actions, resources, conditions.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { AutoComplete, Button, Card, Input, Segmented, Select, theme, Typography } from 'antd';
import { useText } from '../../../app/text';
import styles from '../parts/people.module.css';
import {
  actionsOf, CONDITION_KEYS, EXAMPLE_VALUES, OPERATORS, patternsOf, resourcePatterns, SERVICES,
} from './catalog';
import type { Condition, Statement } from './document';
import { text as messages } from './messages';
import own from './StatementEditor.module.css';

const options = (values: string[]) => values.map((value) => ({ value, label: value }));

function Conditions({ value, onChange }: { value: Condition[]; onChange: (value: Condition[]) => void }) {
  const t = useText(messages);
  const { token } = theme.useToken();
  const set = (i: number, change: Partial<Condition>) =>
    onChange(value.map((one, j) => (i === j ? { ...one, ...change } : one)));
  return (
    <div className={styles.stack} style={{ gap: 8 }}>
      {value.map((one, i) => (
        <div key={i} className={own.condition} style={{ borderColor: token.colorBorderSecondary }}>
          <AutoComplete aria-label={t.conditionKey} value={one.key} options={options(CONDITION_KEYS)}
            placeholder={t.conditionKey} onChange={(key) => set(i, { key })} />
          <Select showSearch aria-label={t.operator} value={one.operator} popupMatchSelectWidth={false}
            options={options([...new Set([...OPERATORS, one.operator])])}
            onChange={(operator) => set(i, { operator })} />
          <Button type="text" icon={<DeleteOutlined />} aria-label={t.removeCondition} title={t.removeCondition}
            onClick={() => onChange(value.filter((_, j) => j !== i))} />
          <Select mode="tags" className={own.values} aria-label={t.values} value={one.values}
            placeholder={t.values} options={options(EXAMPLE_VALUES[one.key] ?? [])}
            onChange={(values) => set(i, { values })} />
        </div>
      ))}
      <div>
        <Button size="small" icon={<PlusOutlined />} onClick={() => onChange([...value, {
          key: 'acs:SourceIp', operator: 'IpAddress', values: [],
        }])}>{t.addCondition}</Button>
      </div>
    </div>
  );
}

interface Props {
  index: number;
  value: Statement;
  buckets: string[];
  onChange: (value: Statement) => void;
  onRemove?: () => void;
}

export function StatementEditor({ index, value, buckets, onChange, onRemove }: Props) {
  const t = useText(messages);
  const { token } = theme.useToken();
  const set = (change: Partial<Statement>) => onChange({ ...value, ...change });
  const actionOptions = [
    { label: t.everything, options: options(['*']) },
    ...SERVICES.map((service) => ({
      label: t[service as 'oss'], options: options([...patternsOf(service), ...actionsOf(service)]),
    })),
  ];
  const color = value.effect === 'Allow' ? token.colorSuccess : token.colorError;
  return (
    <Card size="small" role="group" aria-label={t.statement(index + 1)}
      style={{ borderInlineStart: `3px solid ${color}` }}>
      <div className={styles.row} style={{ marginBottom: 12 }}>
        <Typography.Text strong>{t.statement(index + 1)}</Typography.Text>
        <Segmented size="small" value={value.effect} aria-label={t.effect}
          options={[{ value: 'Allow', label: t.allow }, { value: 'Deny', label: t.deny }]}
          onChange={(effect) => set({ effect: effect as Statement['effect'] })} />
        <span className={styles.grow} />
        <Input size="small" style={{ width: 160 }} placeholder={t.sid} aria-label={t.sid} value={value.sid}
          onChange={(event) => set({ sid: event.target.value })} />
        {onRemove && <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t.removeStatement}
          title={t.removeStatement} onClick={onRemove} />}
      </div>
      <div className={own.field}>
        <Select size="small" variant="borderless" className={own.which} aria-label={t.actionsWhich}
          value={value.notAction ? 1 : 0} popupMatchSelectWidth={false}
          options={[{ value: 0, label: t.actions }, { value: 1, label: t.notActions }]}
          onChange={(not) => set({ notAction: not === 1 })} />
        <Select mode="tags" aria-label={t.actions} value={value.actions} options={actionOptions}
          placeholder={t.actionsHint} tokenSeparators={[',', ' ']} onChange={(actions) => set({ actions })} />
      </div>
      <div className={own.field}>
        <Select size="small" variant="borderless" className={own.which} aria-label={t.resourcesWhich}
          value={value.notResource ? 1 : 0} popupMatchSelectWidth={false}
          options={[{ value: 0, label: t.resources }, { value: 1, label: t.notResources }]}
          onChange={(not) => set({ notResource: not === 1 })} />
        <Select mode="tags" aria-label={t.resources} value={value.resources} placeholder={t.resourcesHint}
          options={options(resourcePatterns(buckets))} onChange={(resources) => set({ resources })} />
      </div>
      {value.conditions.length > 0 && <div className={own.label}>{t.conditions}</div>}
      <Conditions value={value.conditions} onChange={(conditions) => set({ conditions })} />
    </Card>
  );
}
