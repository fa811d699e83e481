// The page without its data: made of core/report/page and of uPlot as Graft is built.
#pragma once
#include <string>

namespace graft::core {

std::string page_template();  // {{data}} stands where its data belongs

}  // namespace graft::core
