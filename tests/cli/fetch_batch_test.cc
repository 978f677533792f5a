#include "tools/cli/fetch_batch.h"

#include <gtest/gtest.h>

namespace fetch_batch_test {
namespace {

TEST(FetchBatch, IsFullAfterSoManyMessages) {
  cli_fetch_batch batch;
  cli_fetch_batch_start(&batch, 2);
  EXPECT_FALSE(cli_fetch_batch_is_full(&batch));
  cli_fetch_batch_add(&batch, 1);
  EXPECT_FALSE(cli_fetch_batch_is_full(&batch));
  cli_fetch_batch_add(&batch, 1);
  EXPECT_TRUE(cli_fetch_batch_is_full(&batch));
  cli_fetch_batch_start(&batch, 2);
  EXPECT_FALSE(cli_fetch_batch_is_full(&batch));
}

TEST(FetchBatch, IsFullAfterSoManyOctets) {
  cli_fetch_batch batch;
  cli_fetch_batch_start(&batch, 1000);
  cli_fetch_batch_add(&batch, CLI_FETCH_BATCH_OCTETS - 1);
  EXPECT_FALSE(cli_fetch_batch_is_full(&batch));
  cli_fetch_batch_add(&batch, 1);
  EXPECT_TRUE(cli_fetch_batch_is_full(&batch));
  cli_fetch_batch_start(&batch, 1000);
  for (int i = 0; i < 3; ++i) cli_fetch_batch_add(&batch, UINT64_MAX);
  EXPECT_TRUE(cli_fetch_batch_is_full(&batch));
}

TEST(FetchBatch, WithoutALimitIsNeverFull) {
  cli_fetch_batch batch;
  cli_fetch_batch_start(&batch, 0);
  for (int i = 0; i < 100000; ++i) cli_fetch_batch_add(&batch, UINT64_MAX);
  EXPECT_FALSE(cli_fetch_batch_is_full(&batch));
}

TEST(FetchBatch, IsFullOnceClosed) {
  cli_fetch_batch batch;
  cli_fetch_batch_start(&batch, 0);
  cli_fetch_batch_close(&batch);
  EXPECT_TRUE(cli_fetch_batch_is_full(&batch));
  cli_fetch_batch_start(&batch, 0);
  EXPECT_FALSE(cli_fetch_batch_is_full(&batch));
}

}  // namespace
}  // namespace fetch_batch_test
