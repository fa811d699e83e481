// clients.csv: a line a client, with its data, its score, and its score in each class.
#pragma once
#include <string>
#include <vector>

#include "core/rounds/evaluate.hpp"

namespace graft::core {

// client, domain, train_samples, test_samples, accuracy, loss, class_accuracy (the mean over the classes that its test has),
// train_classes, label_entropy (of its training samples, 0 to 1), then test:CLASS and accuracy:CLASS for every class, by name where
// the source has names. What there is nothing to say of is empty. As RFC 4180 quotes.
std::string clients_csv(const std::vector<Score>& scores, const Federation& federation);

}  // namespace graft::core
