# The registry of connectors, made from their manifests; include after the room `connectors`.
find_package(Python3 REQUIRED COMPONENTS Interpreter)

file(GLOB connector_manifests CONFIGURE_DEPENDS
    ${CMAKE_SOURCE_DIR}/src/connectors/*/*/manifest.toml)
# A deleted folder changes this file, and so the registry.
set(connector_list ${CMAKE_BINARY_DIR}/connectors/manifests.txt)
file(CONFIGURE OUTPUT ${connector_list} CONTENT "${connector_manifests}\n" @ONLY)
set(connector_registry ${CMAKE_BINARY_DIR}/connectors/registry.gen.cpp)
add_custom_command(
    OUTPUT ${connector_registry}
    COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/gen_connectors.py
            ${CMAKE_SOURCE_DIR} ${connector_registry}
    COMMAND ${CMAKE_COMMAND} -E touch ${connector_registry}
    DEPENDS ${connector_manifests} ${connector_list} ${CMAKE_SOURCE_DIR}/tools/gen_connectors.py
    COMMENT "Listing connectors"
    VERBATIM)
target_sources(connectors PRIVATE ${connector_registry})
