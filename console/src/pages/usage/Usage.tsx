import { Tabs } from 'antd';
import { Suspense, useState } from 'react';
import { Navigate, Route, Routes, useLocation, useNavigate } from 'react-router-dom';
import { useText } from '../../app/text';
import { text } from './messages';
import { usualChoice } from './RangePicker';
import styles from './Usage.module.css';
import { lazyPart } from '../../app/patient';
import { useWhose } from './whose';

const ServiceUsage = lazyPart(() => import('./services/ServiceUsage'));
const ModelUsage = lazyPart(() => import('./models/ModelUsage'));

export default function Usage() {
  const t = useText(text);
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const [choice, onChoose] = useState(() => usualChoice(Date.now()));
  const chosen = { choice, onChoose, state: useWhose() };
  return (
    <>
      <Tabs className={styles.tabs} activeKey={pathname.split('/')[2]}
        onChange={(key) => navigate(`/usage/${key}`)}
        items={[{ key: 'services', label: t.servicesTab }, { key: 'models', label: t.modelsTab }]} />
      <Suspense>
        <Routes>
          <Route path="services" element={<ServiceUsage {...chosen} />} />
          <Route path="models" element={<ModelUsage {...chosen} />} />
          <Route path="*" element={<Navigate to="/usage/services" replace />} />
        </Routes>
      </Suspense>
    </>
  );
}
