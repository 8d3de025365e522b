import { Button, Tabs } from 'antd';
import { GiftOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Navigate, Route, Routes, useLocation, useNavigate } from 'react-router-dom';
import { isLacking, modelKeys } from '../../api/modelKeys';
import { ram } from '../../api/ram';
import { useText } from '../../app/text';
import Give from './give/Give';
import { GroupPage } from './groups/GroupPage';
import { Groups } from './groups/Groups';
import { text as messages } from './messages';
import styles from './parts/people.module.css';
import { RolePage } from './roles/RolePage';
import { Roles } from './roles/Roles';
import { UserPage } from './users/UserPage';
import { Users } from './users/Users';
import { lazyPart } from '../../app/patient';

const Policies = lazyPart(() => import('./policies/Policies'));
const PolicyPage = lazyPart(() => import('./policies/PolicyPage'));
const NewPolicy = lazyPart(() => import('./policies/NewPolicy'));
const Simulator = lazyPart(() => import('./simulator/Simulator'));
const ModelKeys = lazyPart(() => import('./keys/ModelKeys'));
const Passwords = lazyPart(() => import('./users/Passwords'));

// Whether the server has an operation: anything but "not here" says that it does.
function useHas(name: string, ask: (signal: AbortSignal) => Promise<unknown>): boolean {
  const query = useQuery({
    queryKey: ['people-has', name], staleTime: Infinity, retry: false,
    queryFn: async ({ signal }) => {
      try {
        await ask(signal);
        return true;
      } catch (error) {
        return !isLacking(error);
      }
    },
  });
  return query.data ?? false;
}

function Sections() {
  const t = useText(messages);
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const hasModelKeys = useHas('model keys', (signal) => modelKeys.list({ signal }));
  const hasPasswords = useHas('passwords', (signal) => ram.getPasswordPolicy({ signal }));
  const items = [
    { key: 'users', label: t.users },
    { key: 'groups', label: t.groups },
    { key: 'roles', label: t.roles },
    { key: 'policies', label: t.policies },
    ...(hasModelKeys ? [{ key: 'keys', label: t.modelKeys }] : []),
    { key: 'simulator', label: t.simulator },
    ...(hasPasswords ? [{ key: 'passwords', label: t.passwords }] : []),
  ];
  return (
    <div className={styles.sections}>
      <Tabs className={styles.grow} activeKey={pathname.split('/')[2]} items={items}
        onChange={(key) => navigate(`/people/${key}`)} />
      <Button icon={<GiftOutlined />} onClick={() => navigate('/people/give')}>{t.give}</Button>
    </div>
  );
}

function Overview() {
  return (
    <>
      <Sections />
      <Suspense>
        <Routes>
          <Route path="users" element={<Users />} />
          <Route path="groups" element={<Groups />} />
          <Route path="roles" element={<Roles />} />
          <Route path="policies" element={<Policies />} />
          <Route path="keys" element={<ModelKeys />} />
          <Route path="simulator" element={<Simulator />} />
          <Route path="passwords" element={<Passwords />} />
          <Route path="*" element={<Navigate to="/people/users" replace />} />
        </Routes>
      </Suspense>
    </>
  );
}

export default function People() {
  return (
    <div className={styles.stack}>
      <Suspense>
        <Routes>
          <Route path="users/:name" element={<UserPage />} />
          <Route path="groups/:name" element={<GroupPage />} />
          <Route path="roles/:name" element={<RolePage />} />
          <Route path="policies/new" element={<NewPolicy />} />
          <Route path="policies/:type/:name" element={<PolicyPage />} />
          <Route path="give" element={<Give />} />
          <Route path="*" element={<Overview />} />
        </Routes>
      </Suspense>
    </div>
  );
}
