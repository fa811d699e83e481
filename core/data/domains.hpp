// The domains of a source, or its users: how many clients they make, and which client is of which.
#pragma once
#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace graft::core {

// Names of folders alone are read; empty where the source has no domains. Exit 4 as load_dataset.
std::vector<std::string> domain_names_of(const Manifest& manifest);

// How many clients a split by "domain" or "users" makes of these. Exit 2 where there are no domains, where the clients cannot be
// divided evenly over them, or where data.clients is given and there are not so many users.
std::int64_t clients_by_domain(const Manifest& manifest, const std::vector<std::string>& names);

// The domain of each client's samples; "" where a client has samples of several, or none.
std::vector<std::string> client_domains(const Dataset& data, const Split& split);

// [N] on the host.
std::vector<std::int64_t> labels_of(const Dataset& data);

}  // namespace graft::core
