# cmake -DOUT=FILE.cpp -DPAGE=core/report/page -DUPLOT=FOLDER -P EmbedPage.cmake: the page's parts, put together as a text of C++.
# Every text stays within quotes: unquoted, its semicolons and brackets would make lists of it.
file(READ ${UPLOT}/../LICENSE license)
set(styles "")
set(scripts "/*! uPlot:\n${license}*/\n")
foreach(file ${UPLOT}/uPlot.min.css ${PAGE}/style.css)
  file(READ ${file} text)
  string(APPEND styles "${text}\n")
endforeach()
file(READ ${UPLOT}/uPlot.iife.min.js text)
string(APPEND scripts "${text}\n")
foreach(script format elements columns table curves chart plots pareto strips split layers manifests live main)
  file(READ ${PAGE}/${script}.js text)
  string(APPEND scripts "${text}\n")
endforeach()
file(READ ${PAGE}/page.html page)
string(REPLACE "{{styles}}" "${styles}" page "${page}")
string(REPLACE "{{scripts}}" "${scripts}" page "${page}")

# A string of C++ may be limited to 64 KiB: several stand beside each other, that end with a line where one ends in them, so that no
# letter is cut in two; longer lines are uPlot's, in ASCII.
set(parts "")
while(NOT page STREQUAL "")
  string(SUBSTRING "${page}" 0 8000 part)
  string(FIND "${part}" "\n" end REVERSE)
  if(end GREATER 0)
    math(EXPR end "${end} + 1")
    string(SUBSTRING "${part}" 0 ${end} part)
  endif()
  string(LENGTH "${part}" length)
  string(SUBSTRING "${page}" ${length} -1 page)
  string(APPEND parts "    R\"graft-page(${part})graft-page\"\n")
endwhile()
file(WRITE ${OUT} "// Made by EmbedPage.cmake.
#include \"core/report/page_files.hpp\"

namespace graft::core {

std::string page_template() {
  return
${parts}      ;
}

}  // namespace graft::core
")
