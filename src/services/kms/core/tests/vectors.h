// Made with Python's cryptography 50: what others make must be read, and the other way round.
#pragma once

namespace lakeside::kms::vectors {

// Material 00..1f, salt 64..73, nonce c8..d3, "hello" in the context {"a": "1", "文": "中"}.
inline constexpr char kCiphertext[] =
    "ODZhOWVmZDktM2QxNi00ODk0LWJkNGYtMWZjNDNmM2YyYWJmAQV1QoY7ok+mjUFDI6ymEjRkZWZnaGlqa2xtbm9w"
    "cXJzyMnKy8zNzs/Q0dLTVbGaH3gcsFxn3v1yA82nrXzmTr6X";

// Of a key of RSA with 2048 bits, and of the SHA-256 of "message".
inline constexpr char kRsaPrivate[] =
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC/zfLIKAVne4n4fNt7XiowFiA9DB9Ro1GTigKw"
    "frKRulIzt1zbxzquXb+zcBVGQkjcxd3vb09MqY6k3M/Gq4g2Qc+9f2szSO0qs4dD9R47YEjNwSzbXvBuewlriJD3"
    "YofpV1ieXiEPyZI0QNGwahH1AFexOnlN0Vz8O3ngCFMSGVjKYCrB1EjJX/oZtUrlDTxO79XBPijiiz6yB5NqV3gp"
    "r9jVTHnyBw/YkSTRfDG10Vt+j1fvFSs0MKDo3lPzCJDZzFfrhEQZSeKjUwaQJPnTl6UTIBsKD1jv/wXilA3oN/cb"
    "JGf+C2ryT957hRg1C6ut9vaLz+YYS43Z2T4zUM7dAgMBAAECggEARJB3BuUDlYv8dLcRcIbnVtw59wiz02ep/C9c"
    "KcKIy/5Kb1FPYQNVr0o1AoyBFmYQjNcwsGxecR21r6p9ndvoq9iXzfpUFHevzFFz+6+OeJRBQkgZZGwKT7ws0GN3"
    "yu9OfXPramVktTONz58SNlmchLP0JRctkMtUTZhnR1ZCd9e3qzcBAH3hm7t3aPaJSBscOEJ8LYKVcBIynr2sN43g"
    "cu5CAAwkuuMc0keLOpjxK9iwqFD0SHs3clLsfUAdrDC+s/rqnvVk3tx+R1C0PbGJJH9TUrYJgDMndt8N7uWqHMj3"
    "q9WA4rP382ENpMr1dcIG2ZJs7a1q+7dRZ9IalK+CEwKBgQDygp4ew5ht9Kmt6QL3rDvQbKjZeqQeS9F2ZolG4jlN"
    "/AA+al3A7E4qC+XB6i7xqMViGiLEKDmur8jYLOqJdEiT3UWUflYnrLz+aIqn+jlDG+1ZNuLMLWbTXR0ie/hdwiS4"
    "Bsq0XPyUQSgpEwfgVOVl1vsulUWP1bq35D9Kzu4T/wKBgQDKeUX289wNx0EYUadsInvYkCUutJlMgvvoNA/cw7bm"
    "xnxqNV18DZB4P6z1tIarnc7eV3PBY16X4Pjj4ZiG22i9eW4RBz0o6qifoUPMatY0gGaN55mXrdgK/Z7NVWbqGM77"
    "3h8iXrFCwm5hgRzdIJD16o0luU+OncMP2dGLa7/tIwKBgAZk60ZkYeCEUvUC79EX+XvFYa5aTXl/BkbY7UWxMVGd"
    "E2SR6Wbs1CLHrYcvZY15pbqwdbo2VU8F04XfqU92gXNkojEII71oEJOkrgM/1cKvOdLgX5qCl/N6wQnnuuS9+bng"
    "c/fNe9ts3GI43jxMAMBuqrDPvsXMHOA8ZG7UhfKBAoGBAKzYiJTAKwwMHJLxKfbTHVyL+WH8xJ2feAMLZrs0zNAH"
    "g7B7bBn5zmoJGdMLUKfy6OXATE48UUVgxbhsHvSJG8ocfozE3D4wzNCxL5qzXbemIWZk3yawPq1rQ4TQsjGICjLT"
    "tUp3AeYW63oLaaOQKI/2spYQs0zxetLuRMc7rbV3AoGBANwaNtXzUBdfuD38uGOVVXDySwaQsjZjB/403Ht6+JXX"
    "lbyabVUFlwMwOGi/TclLO7qMfW5r93EU38CjXmsx6UHjpzwau8q7ciOwb667vLjKE14huPQGSCOv8/ER3kNJJmkP"
    "HGX7gG9hm0uLdKSvbpvd0vmGc1PRgqylEBcKvYf8";
inline constexpr char kRsaPublic[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAv83yyCgFZ3uJ+Hzbe14q\n"
    "MBYgPQwfUaNRk4oCsH6ykbpSM7dc28c6rl2/s3AVRkJI3MXd729PTKmOpNzPxquI\n"
    "NkHPvX9rM0jtKrOHQ/UeO2BIzcEs217wbnsJa4iQ92KH6VdYnl4hD8mSNEDRsGoR\n"
    "9QBXsTp5TdFc/Dt54AhTEhlYymAqwdRIyV/6GbVK5Q08Tu/VwT4o4os+sgeTald4\n"
    "Ka/Y1Ux58gcP2JEk0XwxtdFbfo9X7xUrNDCg6N5T8wiQ2cxX64REGUnio1MGkCT5\n"
    "05elEyAbCg9Y7/8F4pQN6Df3GyRn/gtq8k/ee4UYNQurrfb2i8/mGEuN2dk+M1DO\n"
    "3QIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
inline constexpr char kPkcs1Signature[] =
    "C653LnXW3LiO6Md0jU8y87pWLUVljl/pyRqgWPNNhDOoJ+Y5W6qLJXGWHEwRwT4Hw9t8YBwqCbdW1zOk3VJSflpk"
    "ri4+IIF/KyHFI9vBFEDl6sJL59qCISAUcflkUEa0udWJkALXc0i37aKhtuk9WMTZMnlc4LeQPJSpCbiZ8HSAOn9s"
    "Xij5GUKpjbZ98Lgu1xbsUWh+fd5ODF5zBTFpt7Ty3iJn1GhfZlEQa/e99DYrPtmBkstYrUMJgBeNaD+FYRcRXaUS"
    "FsPnhxpRNH5H1rbdomD7wRLU+wbwBpiSK9GGQqHIZukl8s/Ivq9MIuhUKLn83181FokyOJAiRMI3BA==";
inline constexpr char kPssSignature[] =
    "F7WIsxMM8OyiwhIU+9f1P2ihM0lr8Rznb/fzAvG+R7B3cr+IMuVuFSvsYL1Qqfa+AI6U4BU3lb/8KW4leXpwthDB"
    "PKxQUQmsOmYgniJv3d6Xp+Qg47+SD64x1JTt1aQ9UnfZCIw7p76+kgtSJ8Un+ACxKI4ihwaW1G++Jm27vJID9Xfq"
    "nyjcWi1eZXbEHKyoVHfkefqEhuYjUdWfGO77uzHizw9Sj7MA/2oXCKlTmx2Q1og3dg3tr/v1M1TIzR/c2Y76cqgb"
    "jzlddT34bgwj62IK3MjMXBoM8QThIMrt1lM9Nneuuhw8jjYEn9VqTAeROlOMLoYlkmqsfeDK78Dv0g==";
inline constexpr char kPssLongSalt[] =
    "VrVKldsaKyCHOsuc24LsU1GPcONiA/ceslcPsf3zIHsuXFaBkzHrLvw7OXPN8HKygb+e56ZhyFYoRQIBIqHW8Zpx"
    "lYlUJ98E3vTFi9Nm9OXpzmh97SmjrVI8XP4WB3Jb0iZvcGjMMlGWyq34f5COY86s8jD6V1odo14GTTsbqaDN1bCW"
    "y/4FyUf3D4SZb1NtQn6AoY2UAEAGi5QVUm99+WnMg/15uEseGtfw4Kcv1YCGx1mM1R4QAmvPHSGHBDTwNRoGd08Z"
    "paIipPR8yP2hYpR9I3DvqQqLvKwMyQCKr9L0C3w19LRU4tdjE5ZncXQexCJjs/PGF//p1a29bnHYnA==";
// "plain text".
inline constexpr char kOaepSha256[] =
    "YaKYBDkzwX0e5tB6g3WWinDuH8iYgBAbg+uNZXOhYgy1h580l1A8C2ZRV0LOr4zq8fFLtpclz9qnMd5hOz+NmEVU"
    "rnRgS4ogOzrhw8L8GyKDCWQGpuLLWqK29A7zq1SsOv8PfCPsrPHAMFmC1Eu6nZk/6KVsL+J/wA/uU+02YE8rB0j+"
    "auAJ89tRXaNnN2GZ/yIA1kRsObpm9ov3rWqaJQzNfrFJ013zJVoiLc8gF78+u7qLj026NbpjeO5aZlf5cAaiExrC"
    "9XjgiqniarYuekQDdJsm0I7NSnHg5/i0VZjbKmXT7I/gha1FeOo7yHWPCOK552U2DyyNEe11QYualw==";
inline constexpr char kOaepSha1[] =
    "XdgfYIARuhLGXEbnXFHGTGbU109IX9/yVUrtH5MRu3P0iQmGqDCGS2WIGHY+1AbcKc1nboe3Hvy/w2pa38hiszB9"
    "pkuhl2uo93qJvlnBLhmARWXfQRU8oyitQhvyIqjSP+zyaxyv8EphHwrtUN9Hi2oAdcRzQaEg9K5vJZVebVxqBTmO"
    "qe14FNmWU75OLkOPRr2XRPjxyjF2/bjGLWsEJ4nrYN+Stb+uOCU8u/w34bDnTqnm9A5ktymYH9/DvTCfg6FY7iGk"
    "lvNhi0oGFCEyQ4HJHpzhFYRTewZOCtYU9izo+EM88ZdV2sLhhTlXW8zNHxjS1XgBoonCzTSeRHVmMg==";
inline constexpr char kPkcs1Encrypted[] =
    "aw3ARSTylKubQEf9VH/WxlJAqfjij1BKxY23++g4B6Q7fxG7ntjc77PWGO9MLsnYmLIxLW2l9AZETCmvssO0TNlq"
    "E/aXnl27EZnEwxcuCqc9faAcs+kj3BvoYysfod3ci9pHOUjquGX4hK/nN251mcC3gyceNZVMnoG9L8NRyRpZ9drj"
    "1lGmfQ5GGRax2lkAEojS1giDxqOWz/XYUFzlw4UorrJwa71fBGDa6HNhALejPqTUnS6yZfUlbKWeggMM6G/mjqwr"
    "i6ejdE7AE/gDrr7pe1OEPTPuatwmdNwsQdu7PojCbTaEd8QpXfiiAkYYTHHUn4P6YwZjXBkgcgdatw==";
inline constexpr char kP256Public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEV5BkisHj6WN50/Pncoxr6YloHZRs\n"
    "S2e0TgKksT+acbdpGTvHK40+t7SWcCf2aXJN+Tp7YAZJegimkyH4EzeQUg==\n"
    "-----END PUBLIC KEY-----\n";
inline constexpr char kP256Signature[] =
    "MEUCIBTV/59g3TVsavCIo97mJC1CkX0B6Gzi5gjivhPeET5YAiEAgEthTJQlxPaH6Kc1FKMRH9iG2KXarj5uKQP7"
    "9Wm2P6A=";
inline constexpr char kP256kPublic[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEdKPrXWvS/j1i0W0p7tXjEd4VDcFz5e1o\n"
    "BCdRdioRwRwlP4Ky9/ug+/0tbUvCLAVmsi1Gcvxm5D+9XSso+6tHOQ==\n"
    "-----END PUBLIC KEY-----\n";
inline constexpr char kP256kSignature[] =
    "MEUCIFzkI/I7t61LpJf2lweiSFspduaWSBdWJHYjDB+9zy8vAiEAjZ/giC96SUmyp8sdVXk6tyNuUg8eRmTpvV3g"
    "QPpElD8=";

}  // namespace lakeside::kms::vectors
