// How figures and what they are about are written.
import { useFormat } from '../../../app/format';
import { useText } from '../../../app/text';
import { text } from '../messages';
import { NONE } from '../parts';
import { type Group, isBytes, type Metric, type Row } from './figures';

const SERVICES: Record<string, string> = {
  oss: 'Object Storage', ram: 'RAM', sts: 'STS', ims: 'IMS', kms: 'KMS', cms: 'CloudMonitor', actiontrail: 'ActionTrail',
  modelstudio: 'Model Studio', lakeside: 'Lakeside',
};

// What a row is called in a group.
export function useGroupNames(group: Group) {
  const t = useText(text);
  return (row: Row): string => {
    if (group === 'service') return SERVICES[row.service] ?? row.service;
    if (group === 'bucket') return row.bucket || t.noBucket;
    return row.key || t.nobody;
  };
}

export function useShown() {
  const { number, bytes } = useFormat();
  return (metric: Metric, value: number | undefined) =>
    (value === undefined ? NONE : isBytes(metric) ? bytes(value) : number(value));
}
