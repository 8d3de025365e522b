// Which events: kept in the page's address, so that they can be linked to.
import { Input, Select, Switch } from 'antd';
import { useSearchParams } from 'react-router-dom';
import type { EventFilter } from '../../api/trail';
import { useText } from '../../app/text';
import { text as messages } from './messages';
import styles from './Activity.module.css';

const SERVICES = ['Ram', 'Sts', 'Ims', 'Oss', 'Kms', 'ModelStudio', 'Actiontrail', 'Cms', 'Lakeside'];
const HOURS = { hour: 1, day: 24, week: 24 * 7, quarter: 24 * 90 };
const READS = ['All', 'Write', 'Read'] as const;
const OUTCOMES = ['any', 'failed', 'denied'] as const;

export interface Wanted {
  service?: string;
  user: string;
  event: string;
  resource: string;
  rw: (typeof READS)[number];
  outcome: (typeof OUTCOMES)[number];
  range: keyof typeof HOURS;
}
const USUAL: Wanted = { user: '', event: '', resource: '', rw: 'All', outcome: 'any', range: 'day' };

const oneOf = <T extends string>(all: readonly T[], value: string | null, usual: T): T =>
  all.find((one) => one === value) ?? usual;

export function useWanted() {
  const [query, setQuery] = useSearchParams();
  const wanted: Wanted = {
    service: query.get('service') ?? undefined,
    user: query.get('user') ?? '', event: query.get('event') ?? '', resource: query.get('resource') ?? '',
    rw: oneOf(READS, query.get('rw'), 'All'),
    outcome: oneOf(OUTCOMES, query.get('outcome'), 'any'),
    range: oneOf(Object.keys(HOURS) as Wanted['range'][], query.get('range'), 'day'),
  };
  const setWanted = (next: Wanted) => {
    const given = Object.entries(next).filter(([name, value]) => value && value !== USUAL[name as keyof Wanted]);
    setQuery(new URLSearchParams(given as [string, string][]), { replace: true });
  };
  return { wanted, setWanted, id: query.get('id') ?? undefined };
}

export const filterOf = (wanted: Wanted): EventFilter => ({
  attributes: {
    ServiceName: wanted.service, User: wanted.user.trim(), EventName: wanted.event.trim(),
    ResourceName: wanted.resource.trim(), EventRW: wanted.rw === 'All' ? undefined : wanted.rw,
  },
  start: new Date(Date.now() - HOURS[wanted.range] * 3_600_000),
});

export function Filters({ wanted, onChange, live, onLive }: {
  wanted: Wanted; onChange: (wanted: Wanted) => void; live: boolean; onLive: (live: boolean) => void;
}) {
  const t = useText(messages);
  const set = (change: Partial<Wanted>) => onChange({ ...wanted, ...change });
  const input = (name: 'user' | 'event' | 'resource', label: string, hint: string) => (
    <Input className={styles.input} aria-label={label} placeholder={hint} allowClear defaultValue={wanted[name]}
      onPressEnter={(event) => set({ [name]: event.currentTarget.value })}
      onChange={(event) => event.target.value || set({ [name]: '' })}
      onBlur={(event) => event.target.value !== wanted[name] && set({ [name]: event.target.value })} />
  );
  return (
    <div className={styles.filters}>
      <Select aria-label={t.range} value={wanted.range} onChange={(range) => set({ range })}
        options={(Object.keys(HOURS) as (keyof typeof HOURS)[]).map((value) => ({ value, label: t[value] }))} />
      <Select aria-label={t.service} value={wanted.service} allowClear placeholder={t.anyService}
        className={styles.input} onChange={(service?: string) => set({ service })}
        options={SERVICES.map((value) => ({ value, label: value }))} />
      {input('user', t.user, t.userHint)}
      {input('event', t.event, t.eventHint)}
      {input('resource', t.resource, t.resourceHint)}
      <Select aria-label={t.which} value={wanted.rw} onChange={(rw) => set({ rw })} popupMatchSelectWidth={false}
        options={[{ value: 'All', label: t.all }, { value: 'Write', label: t.writes },
          { value: 'Read', label: t.reads }]} />
      <Select aria-label={t.outcome} value={wanted.outcome} popupMatchSelectWidth={false}
        onChange={(outcome) => set({ outcome })} options={[
          { value: 'any', label: t.anyOutcome }, { value: 'failed', label: t.failed },
          { value: 'denied', label: t.denied },
        ]} />
      <span className={styles.grow} />
      <label className={styles.live}><Switch checked={live} onChange={onLive} aria-label={t.live} />{t.live}</label>
    </div>
  );
}
