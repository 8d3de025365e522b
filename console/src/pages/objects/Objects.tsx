import { Route, Routes } from 'react-router-dom';
import { Browser } from './Browser';
import { Buckets } from './Buckets';

export default function Objects() {
  return (
    <Routes>
      <Route index element={<Buckets />} />
      <Route path=":bucket" element={<Browser />} />
    </Routes>
  );
}
