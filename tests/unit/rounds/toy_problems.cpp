// The functions that toy federations minimise.
#include <ATen/ATen.h>

#include "tests/unit/rounds/toy_lanes.hpp"

namespace graft::core::toy {

Quadratics::Quadratics(std::int64_t clients, std::int64_t columns) {
  at::manual_seed(7);
  for (std::int64_t client = 0; client < clients; ++client) {
    const auto root = at::randn({columns, columns}, at::kDouble) / std::sqrt(double(columns));
    const double curvature = 0.5 * double(client + 1);  // clients differ, or averaging would not be biased much
    a.push_back((at::matmul(root, root.t()) + 0.5 * at::eye(columns, at::kDouble)) * curvature);
    b.push_back(at::randn({columns}, at::kDouble));
  }
}

Problem Quadratics::problem(std::int64_t head) const {
  const auto columns = b[0].size(0);
  const auto loss = [a = a, b = b](std::int64_t client, const at::Tensor& x, std::int64_t) {
    return 0.5 * at::dot(x, at::mv(a[client], x)) + at::dot(b[client], x);
  };
  return {std::int64_t(a.size()), columns - head, head, at::linspace(-1, 1, columns, at::kDouble), loss};
}

at::Tensor Quadratics::optimum(std::int64_t head) const {
  const auto body = b[0].size(0) - head;
  auto left = at::zeros({body, body}, at::kDouble), right = at::zeros({body}, at::kDouble);
  for (std::size_t client = 0; client < a.size(); ++client) {
    const auto rows = a[client].split_with_sizes({body, head}, 0);
    const auto of_body = rows[0].split_with_sizes({body, head}, 1), of_head = rows[1].split_with_sizes({body, head}, 1);
    const auto halves = b[client].split_with_sizes({body, head});
    const auto follows = at::matmul(of_body[1], at::linalg_inv(of_head[1]));  // of the best head, in the body's gradient
    left += of_body[0] - at::matmul(follows, of_head[0]);
    right += halves[0] - at::mv(follows, halves[1]);
  }
  return -at::linalg_solve(left, right);
}

Problem softmax_regression(std::int64_t clients, bool one_batch) {
  at::manual_seed(11);
  const auto features = at::randn({clients, 12, 6, 3}, at::kDouble);
  const auto labels = at::randint(4, {clients, 12, 6}, at::kLong);
  const auto logits = [=](std::int64_t client, const at::Tensor& row, std::int64_t batch) {
    return at::matmul(features[client][one_batch ? 0 : batch], row.view({4, 3}).t());
  };
  const auto label = [=](std::int64_t client, std::int64_t batch) { return labels[client][one_batch ? 0 : batch]; };
  return {clients, 12, 0, at::randn({12}, at::kDouble), {}, logits, label};
}

}  // namespace graft::core::toy
