import { useQuery } from '@tanstack/react-query';
import { Segmented, Typography } from 'antd';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { type Policy, ram } from '../../../api/ram';
import { useText } from '../../../app/text';
import { text as common } from '../messages';
import { policyPath, PolicyTypeTag } from '../parts/Attached';
import { Listing } from '../parts/Listing';
import { text as messages } from './messages';

type Shown = 'All' | Policy['PolicyType'];

export default function Policies() {
  const t = useText(messages);
  const c = useText(common);
  const navigate = useNavigate();
  const [shown, setShown] = useState<Shown>('All');
  const all = useQuery({
    queryKey: ['people', 'policies'], queryFn: ({ signal }) => ram.listPolicies({ signal }),
  });
  const query = { ...all, data: all.data?.filter((one) => shown === 'All' || one.PolicyType === shown) };
  return (
    <Listing<Policy> query={query} keyOf={(policy) => `${policy.PolicyType}/${policy.PolicyName}`}
      search={t.search} empty={t.empty} searched={(policy) => `${policy.PolicyName} ${policy.Description}`}
      create={{ label: t.newPolicy, onClick: () => navigate('/people/policies/new') }}
      more={
        <Segmented value={shown} aria-label={t.kind} onChange={(value) => setShown(value as Shown)}
          options={[
            { value: 'All', label: t.all }, { value: 'Custom', label: c.custom },
            { value: 'System', label: c.system },
          ]} />
      }
      columns={[
        {
          title: t.policyName, dataIndex: 'PolicyName',
          sorter: (a, b) => (a.PolicyName < b.PolicyName ? -1 : 1),
          render: (name: string, { PolicyType: type }) => <Link to={policyPath(type, name)}>{name}</Link>,
        },
        {
          title: t.kind, dataIndex: 'PolicyType',
          render: (type: string) => <PolicyTypeTag type={type} />,
        },
        {
          title: c.description, dataIndex: 'Description', responsive: ['md'],
          render: (description: string) => (
            <Typography.Text type="secondary" ellipsis={{ tooltip: description }} style={{ maxWidth: 420 }}>
              {description}
            </Typography.Text>
          ),
        },
        { title: t.attached, dataIndex: 'AttachmentCount', align: 'end' },
      ]} />
  );
}
