#include <memory>

#include "serving/contract/backend_contract.h"
#include "serving/fake/fake_backend.h"

namespace lakeside::serving::contract {
namespace {

INSTANTIATE_TEST_SUITE_P(Fake, BackendContract,
                         testing::Values(BackendMaker([](const LoadOptions& load) {
                           FakeOptions options;
                           options.load = load;
                           return make_fake_backend(options);
                         })));

}  // namespace
}  // namespace lakeside::serving::contract
